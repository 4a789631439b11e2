package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;

/**
 * The order in which one shard's training examples are seen. An epoch has {@code steps} = ceil(largest shard / batch size)
 * steps on every shard; each shard is shuffled anew with its own stream and cut into that many mini-batches whose sizes
 * differ by at most one. Every example is used exactly once an epoch and no mini-batch is empty.
 *
 * <pre>{@code
 * int[] order = batches.order(epoch);
 * for (int step = 0; step < batches.steps(); step++) {
 *     // positions order[batches.start(step)] ... order[batches.start(step + 1) - 1] of the shard's examples
 * }
 * }</pre>
 */
public final class MiniBatches {
    private final StreamKey shuffle;
    private final int size;
    private final int steps;

    private MiniBatches(StreamKey shuffle, int size, int steps) {
        this.shuffle = shuffle;
        this.size = size;
        this.steps = steps;
    }

    /**
     * The mini-batches of {@code shard} under {@code plan}.
     *
     * @param batchSize the most examples a mini-batch of one shard may hold
     * @throws DropwiseException (configuration) when the batch size would leave a smaller shard with an empty mini-batch
     */
    public static MiniBatches of(ShardPlan plan, int shard, int batchSize, long seed) {
        if (batchSize < 1) {
            throw DropwiseException.configuration("batch-size must be at least 1, found " + batchSize);
        }
        int steps = (plan.largestShard() - 1) / batchSize + 1;
        int smallest = plan.trainingCount() / plan.shards();
        // Only a batch size of one on uneven shards gets here; every rank must find it, so all shards are looked at.
        if (smallest < steps) {
            throw DropwiseException.configuration("batch-size " + batchSize + " needs " + steps
                    + " mini-batches an epoch, but the smallest shard holds " + smallest + " of " + plan.trainingCount()
                    + " training examples; raise --batch-size, or set --train-limit to a multiple of shards="
                    + plan.shards());
        }
        StreamKey shuffle = StreamKey.of(seed, Purpose.SHUFFLE).with(shard);
        return new MiniBatches(shuffle, plan.trainingCount(shard), steps);
    }

    /** Steps an epoch, the same on every shard. */
    public int steps() {
        return steps;
    }

    /** Examples of this shard. */
    public int size() {
        return size;
    }

    /** The order of the shard's examples in {@code epoch}: a new permutation of 0 until {@link #size}. */
    public int[] order(int epoch) {
        return shuffle.with(epoch).permutation(size);
    }

    /** Where the mini-batch of {@code step} begins in the order; {@code start(steps())} is the end of the last one. */
    public int start(int step) {
        return NearEqualCut.start(size, steps, step);
    }

    /** How many examples the mini-batch of {@code step} holds, at least 1. */
    public int count(int step) {
        return NearEqualCut.length(size, steps, step);
    }

    /** The largest {@link #count}: what buffers must hold. */
    public int largestCount() {
        return (size - 1) / steps + 1;
    }
}
