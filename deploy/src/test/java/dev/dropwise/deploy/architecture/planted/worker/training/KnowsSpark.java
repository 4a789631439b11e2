package dev.dropwise.deploy.architecture.planted.worker.training;

import org.apache.spark.TaskContext;

/** Violates the confinement of Spark. */
public interface KnowsSpark {
    TaskContext task();
}
