package dev.dropwise.worker.training;

import dev.dropwise.common.checkpoint.Position;

/** Keeps the state of training after an epoch; only rank 0 writes. */
interface CheckpointWriter {
    /** Saves the state at {@code position}. */
    void save(Position position);
}
