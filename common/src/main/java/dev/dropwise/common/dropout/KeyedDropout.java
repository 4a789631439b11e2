package dev.dropwise.common.dropout;

import org.deeplearning4j.nn.conf.dropout.IDropout;

/** A dropout on the input of a layer, whose noise is a function of a key alone, see {@link KeyedStream}. */
public abstract class KeyedDropout extends KeyedStream implements IDropout {
    private static final long serialVersionUID = 1L;

    /**
     * Configures an unbound dropout.
     *
     * @param dropProbability of a unit, in [0, 1)
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    protected KeyedDropout(double dropProbability, long seed, int site) {
        super(dropProbability, seed, site);
    }

    /** What a kind throws when it is asked to go back, and has not gone forward since the last time. */
    final IllegalStateException withoutForwardPass() {
        return new IllegalStateException(
                this + ": backprop without a forward pass in training mode since the last one");
    }

    @Override
    public abstract KeyedDropout clone();
}
