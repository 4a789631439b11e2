package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;

/**
 * How long and in what portions a run trains.
 *
 * @param epochs passes over all shards, at least 1
 * @param batchSize examples of one shard in a step, at most; the global batch is {@code shards} times that
 * @param shards logical parts of the training set, each with its own shuffle and mask streams
 * @param patience epochs without a better validation accuracy before training stops; 0 never stops early
 * @param exchange what ranks exchange, and when
 * @param trainAccuracy whether each epoch ends with a look at the training examples in eval mode; changes no result
 */
public record ScheduleConfig(
        int epochs, int batchSize, int shards, int patience, ExchangeMode exchange, boolean trainAccuracy) {
    public ScheduleConfig {
        if (epochs < 1 || batchSize < 1 || shards < 1 || patience < 0) {
            throw DropwiseException.configuration(
                    "epochs, batch-size and shards must be at least 1 and early-stopping at least 0: " + "epochs="
                            + epochs + " batch-size=" + batchSize + " shards=" + shards + " early-stopping="
                            + patience);
        }
    }

    /** Without a look at the training examples. */
    public ScheduleConfig(int epochs, int batchSize, int shards, int patience, ExchangeMode exchange) {
        this(epochs, batchSize, shards, patience, exchange, false);
    }
}
