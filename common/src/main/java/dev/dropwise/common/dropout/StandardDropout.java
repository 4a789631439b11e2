package dev.dropwise.common.dropout;

import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The training half of standard dropout: {@code y = m x} with m = 0 with the drop probability p, else 1, independently for
 * every unit of every example (Hinton et al., "Improving neural networks by preventing co-adaptation of feature detectors",
 * 2012; Srivastava et al., JMLR 2014). Evaluation is {@code y = (1 - p) x}, the mean of the training output, exactly; as
 * Deeplearning4j asks a dropout nothing in evaluation, {@link StandardDropoutLayer} does that half, and this dropout belongs
 * in no other layer.
 */
public final class StandardDropout extends BernoulliDropout {
    private static final long serialVersionUID = 1L;

    /** Drops with {@code dropProbability}; meant to be bound by {@link MaskContext#bind}. */
    public StandardDropout(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #StandardDropout(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public StandardDropout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    @Override
    double kept() {
        return 1;
    }

    @Override
    public StandardDropout clone() {
        return new StandardDropout(dropProbability(), seed(), configuredSite());
    }
}
