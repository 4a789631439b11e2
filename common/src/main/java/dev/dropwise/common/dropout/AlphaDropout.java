package dev.dropwise.common.dropout;

import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Alpha dropout for SELU networks: in training {@code y = a (m x + (1 - m) s) + b} with m = 0 with the drop probability p, else
 * 1, independently for every unit of every example; s = -1.7581 is the value that SELU saturates at,
 * {@code a = (q + s^2 q p)^(-1/2)} and {@code b = -a p s} with q = 1 - p; identity in evaluation (Klambauer et al.,
 * "Self-normalizing neural networks", NIPS 2017). Inputs of mean 0 and variance 1 give outputs of mean 0 and variance 1; the
 * mean of y at a given x is not x.
 *
 * <p>(Deeplearning4j's own alpha dropout shares its mask between clones and draws it from a generator that all workers seed
 * alike, so it is not wrapped.)
 */
public final class AlphaDropout extends BernoulliDropout {
    private static final long serialVersionUID = 1L;

    /** Minus lambda times alpha of SELU. */
    static final double SATURATION = -1.0507009873554805 * 1.6732632423543772;

    /** Drops with {@code dropProbability}; meant to be bound by {@link MaskContext#bind}. */
    public AlphaDropout(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #AlphaDropout(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public AlphaDropout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    @Override
    double kept() {
        double retained = 1 - dropProbability();
        return 1 / Math.sqrt(retained + SATURATION * SATURATION * retained * dropProbability());
    }

    /** With f = a m, y is (x - s) f + a s + b. */
    @Override
    double centre() {
        return SATURATION;
    }

    /** a s + b = a s (1 - p). */
    @Override
    double offset() {
        return kept() * SATURATION * (1 - dropProbability());
    }

    @Override
    public AlphaDropout clone() {
        return new AlphaDropout(dropProbability(), seed(), configuredSite());
    }
}
