package dev.dropwise.worker.training;

import dev.dropwise.common.data.MiniBatches;
import dev.dropwise.common.data.ShardPlan;
import java.util.stream.IntStream;

/** How many examples each step of an epoch covers over all shards; known on every rank without talking. */
final class StepSizes {
    private final int[] samples;

    StepSizes(ShardPlan plan, int batchSize, long seed) {
        int steps = MiniBatches.of(plan, 0, batchSize, seed).steps();
        samples = new int[steps];
        for (int shard = 0; shard < plan.shards(); shard++) {
            MiniBatches batches = MiniBatches.of(plan, shard, batchSize, seed);
            IntStream.range(0, steps).forEach(step -> samples[step] += batches.count(step));
        }
    }

    /** Steps in an epoch. */
    int steps() {
        return samples.length;
    }

    /** Examples of all shards in a step. */
    int global(int step) {
        return samples[step];
    }
}
