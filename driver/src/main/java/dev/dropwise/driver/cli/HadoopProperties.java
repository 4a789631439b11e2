package dev.dropwise.driver.cli;

import dev.dropwise.common.storage.HadoopDeadlines;
import dev.dropwise.common.storage.HadoopFileSystem;
import dev.dropwise.common.storage.StorageFault;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Hadoop's configuration as Spark will have it, before a context exists: its files, every {@code spark.hadoop.*} property, and deadlines. */
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
        return HadoopDeadlines.bounded(hadoop);
    }

    /** {@code path} with scheme and from the root, so that it means the same in every process; empty stays empty. */
    static String qualified(String path, Configuration hadoop) {
        try {
            return path.isEmpty()
                    ? path
                    : HadoopFileSystem.of(new Path(path), hadoop)
                            .makeQualified(new Path(path))
                            .toString();
        } catch (IOException | IllegalArgumentException e) {
            throw StorageFault.failure("path " + path, e, "give a local, hdfs:// or s3a:// path");
        }
    }
}
