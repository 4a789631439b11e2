package dev.dropwise.deploy.architecture.planted.worker.spark;

import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/** Violates nothing: the one registry, in the one place for Spark. */
public final class PluginRegistry {
    static @Nullable TaskContext current;

    private PluginRegistry() {}
}
