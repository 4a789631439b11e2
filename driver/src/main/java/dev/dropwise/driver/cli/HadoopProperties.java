package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
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

    /** {@code path} with scheme and from the root, so that it means the same in every process; empty stays empty. */
    static String qualified(String path, Configuration hadoop) {
        try {
            return path.isEmpty()
                    ? path
                    : new Path(path)
                            .getFileSystem(hadoop)
                            .makeQualified(new Path(path))
                            .toString();
        } catch (IOException | IllegalArgumentException e) {
            throw DropwiseException.io(
                    "path " + path + ": " + e.getMessage() + "; give a local, hdfs:// or s3a:// path", e);
        }
    }
}
