package dev.dropwise.common.dropout;

/**
 * A layer configuration that draws noise inside its own computation, where no dropout on its input can: between its weights
 * and its output. {@link MaskContext#bind} gives that noise a site of its own.
 */
public interface NoisyLayer {
    /** The noise, which belongs to this configuration alone: clones of the configuration have clones of it. */
    KeyedStream noise();

    /** What the layer computes in evaluation, as a formula for people, when stock Deeplearning4j has no layer that does. */
    default String evaluation() {
        return "";
    }
}
