package dev.dropwise.worker.training;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sums the gradients of a rank's shards in the fixed binary tree of the run: a block of n shards is split at the largest power of
 * two below n, and floating-point addition follows the tree, never the order of arrival. When shard and worker counts are powers of
 * two, a rank's block is a whole subtree, and the exchange goes on above it, so that the sum over all shards does not depend on
 * the number of workers. One buffer per level of the tree; for one thread.
 */
final class SummationTree {
    /** Computes the gradient of one shard into the gradient array. */
    interface ShardGradient {
        void compute(int localShard);
    }

    private final INDArray gradient;
    private final List<INDArray> levels = new ArrayList<>();

    /**
     * @param gradient where {@link ShardGradient} leaves each gradient, and {@link #sum} their sum
     */
    SummationTree(INDArray gradient) {
        this.gradient = gradient;
    }

    /** Leaves the sum over local shards 0 until {@code shards} in the gradient array. */
    void sum(int shards, ShardGradient shardGradient) {
        sum(0, shards, 0, shardGradient);
    }

    private void sum(int from, int to, int level, ShardGradient shardGradient) {
        if (to - from == 1) {
            shardGradient.compute(from);
            return;
        }
        int middle = from + Integer.highestOneBit(to - from - 1);
        sum(from, middle, level + 1, shardGradient);
        INDArray left = buffer(level);
        left.assign(gradient);
        sum(middle, to, level + 1, shardGradient);
        gradient.addi(left);
    }

    private INDArray buffer(int level) {
        while (levels.size() <= level) {
            levels.add(Nd4j.createUninitialized(gradient.dataType(), gradient.shape()));
        }
        return levels.get(level);
    }
}
