package dev.dropwise.worker.collectives;

/** What a rank does to its own range of the parameters as soon as their gradients are summed. */
@FunctionalInterface
public interface RangeUpdate {
    /**
     * Updates {@code count} parameters from {@code from} on, counted in floats from the beginning of the vector. Called on the
     * thread of {@link Collectives#reduceUpdateGather}, for ascending ranges that make up the rank's own without gap or
     * overlap. Where they are cut depends on what frames carry, so results must not.
     */
    void apply(int from, int count);
}
