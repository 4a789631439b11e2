package dev.dropwise.common.layer;

/**
 * Told during a backward pass how far it has come, so that gradients can be exchanged while those of lower layers are computed
 * (Li et al. 2020, "PyTorch Distributed", section 3.2.3). On the thread of the pass.
 */
@FunctionalInterface
public interface BackwardListener {
    /**
     * In this step gradients from {@code from} on, an index into the flat vectors, do not change any more, and parameters from there on are
     * not read any more: both may be overwritten. Called with descending indices.
     */
    void finished(int from);

    /** Whether {@link #takes} may ever be true: otherwise every gradient is multiplied out at once. */
    default boolean takesFactors() {
        return false;
    }

    /**
     * Asked where the gradient of a layer's weights is there as factors, before {@link #finished} tells of that layer or, for the lowest, before the pass
     * ends. Whoever takes them has that gradient from {@code factors}, which stay as they are until the next pass begins, and in the flat
     * vector nothing that means anything; otherwise it is multiplied out into the vector now.
     */
    default boolean takes(SufficientFactors factors) {
        return false;
    }

    /** Does nothing. */
    static BackwardListener none() {
        return from -> {};
    }
}
