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

    /** Whether {@link #factored} does something: otherwise every gradient is multiplied out. */
    default boolean takesFactors() {
        return false;
    }

    /**
     * In this step the gradient of some layer's weights is not written to the flat vector, whose contents there are undefined, but told by
     * {@code factors}, which stay as they are until the next pass begins. Called before {@link #finished} tells of that layer.
     */
    default void factored(SufficientFactors factors) {}

    /** Does nothing. */
    static BackwardListener none() {
        return from -> {};
    }
}
