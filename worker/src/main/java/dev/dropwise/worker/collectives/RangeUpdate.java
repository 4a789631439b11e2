package dev.dropwise.worker.collectives;

import java.nio.FloatBuffer;

/** What a rank does to its own range of the parameters as soon as their gradients are summed. */
@FunctionalInterface
public interface RangeUpdate {
    /**
     * Updates {@code count} parameters from {@code from} on, counted in floats from the beginning of the vector. Called on the
     * thread of {@link ReduceUpdateGather}, for ranges that make up the rank's {@link Ownership} without gap
     * or overlap, in its order. Where they are cut depends on what frames carry, so results must not.
     *
     * @param sums of their gradients over all ranks, from index 0 on; valid during the call
     */
    void apply(int from, int count, FloatBuffer sums);
}
