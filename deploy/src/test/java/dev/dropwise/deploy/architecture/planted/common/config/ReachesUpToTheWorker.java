package dev.dropwise.deploy.architecture.planted.common.config;

import dev.dropwise.deploy.architecture.planted.worker.training.KnowsSpark;

/** Violates the direction of modules. */
public interface ReachesUpToTheWorker {
    KnowsSpark worker();
}
