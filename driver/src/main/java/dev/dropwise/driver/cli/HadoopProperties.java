package dev.dropwise.driver.cli;

import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Hadoop's configuration as Spark will have it, before a context exists: its files, and every {@code spark.hadoop.*} property. */
final class HadoopProperties {
    private static final String PREFIX = "spark.hadoop.";

    private HadoopProperties() {}

    static Configuration configuration() {
        Configuration hadoop = new Configuration();
        for (Tuple2<String, String> each : new SparkConf().getAll()) {
            if (each._1().startsWith(PREFIX)) {
                hadoop.set(each._1().substring(PREFIX.length()), each._2());
            }
        }
        return hadoop;
    }
}
