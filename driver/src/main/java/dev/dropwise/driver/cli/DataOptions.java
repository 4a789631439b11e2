package dev.dropwise.driver.cli;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.failure.DropwiseException;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** Which examples a command reads. */
final class DataOptions {
    @Option(
            names = "--data",
            defaultValue = "digits",
            paramLabel = "SET",
            description =
                    "digits (embedded), mnist, cifar10, or a directory in one of their formats (default: ${DEFAULT-VALUE})")
    String data = "";

    @Option(
            names = "--data-dir",
            defaultValue = "",
            paramLabel = "DIR",
            description = "where the files are: a local, hdfs:// or s3a:// path (default: $DROPWISE_DATA/SET)")
    String directory = "";

    DataConfig config(String validation, int trainLimit, Configuration hadoop) {
        if (DataSets.DIGITS.equals(data) && !directory.isBlank()) {
            throw DropwiseException.configuration("--data-dir " + directory
                    + " has no effect on --data digits, which are embedded; name the set that lies there"
                    + " (--data mnist or cifar10), or leave --data-dir out");
        }
        DataConfig asked = new DataConfig(data, directory, Holdout.parse(validation), trainLimit);
        return new DataConfig(
                data,
                HadoopProperties.qualified(DataSets.directoryOf(asked, System.getenv()), hadoop),
                asked.validation(),
                asked.trainLimit());
    }
}
