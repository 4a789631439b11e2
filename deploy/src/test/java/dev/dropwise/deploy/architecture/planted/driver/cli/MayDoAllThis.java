package dev.dropwise.deploy.architecture.planted.driver.cli;

import org.apache.spark.SparkConf;
import picocli.CommandLine;

/** Violates nothing: the command line may know picocli, Spark and the environment. */
public final class MayDoAllThis {
    private MayDoAllThis() {}

    static SparkConf conf(CommandLine line) {
        return new SparkConf().setAppName(line.getCommandName() + System.getenv("USER"));
    }
}
