package dev.dropwise.common.dropout;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** One place of one network that draws noise: its number, the run's position, and where its masks are recorded. */
public final class NoiseSite {
    private final MaskContext context;
    private final MultiLayerNetwork network;
    private final int number;

    NoiseSite(MaskContext context, MultiLayerNetwork network, int number) {
        this.context = context;
        this.network = network;
        this.number = number;
    }

    /** The site's number, unique in its network. */
    public int number() {
        return number;
    }

    /** The key of this site's stream at the context's position. */
    public long key() {
        return context.key(number);
    }

    // Two networks with equal configurations and parameters are equal, but not the same.
    @SuppressWarnings("ReferenceEquality")
    boolean isIn(MultiLayerNetwork candidate) {
        return network == candidate;
    }

    /** Hands the mask just drawn to the run's audit, while that still records. */
    void drawn(double dropProbability, RandomBits bits) {
        context.drawn(number, dropProbability, bits);
    }
}
