package dev.dropwise.deploy.architecture.planted.driver.job;

import java.util.UUID;

/** Violates nothing: the name of a run is not a number to train with. */
public final class TrainingJob {
    private TrainingJob() {}

    static String runId() {
        return UUID.randomUUID().toString();
    }
}
