package dev.dropwise.worker.spark;

import org.apache.spark.SparkEnv;

/** The host that a task runs on, as Spark itself is reached there. */
final class TaskHost {
    private TaskHost() {}

    static String name() {
        return SparkEnv.get().blockManager().blockManagerId().host();
    }
}
