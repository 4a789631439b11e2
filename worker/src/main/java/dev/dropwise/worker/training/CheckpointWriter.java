package dev.dropwise.worker.training;

import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.worker.progress.EpochReport;

/** Keeps the state of training after an epoch; only rank 0 writes. */
interface CheckpointWriter {
    /** Saves the state at {@code position}, with what there is to tell of the epoch that ends there. */
    void save(Position position, EpochReport report);
}
