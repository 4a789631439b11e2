package dev.dropwise.common.dropout;

import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Inverted dropout: in training {@code y = m x / (1 - p)} with m = 0 with the drop probability p, else 1, independently for
 * every unit of every example; identity in evaluation (Srivastava et al., "Dropout", JMLR 2014, scaled in training). The mean
 * of y is x, exactly.
 *
 * <p>Takes activations of any rank, order and stride, in FLOAT and DOUBLE. The mask goes by row-major position, so it does
 * not depend on the memory order, the data type or the machine. See {@link KeyedDropout} for where its key comes from.
 */
public final class InvertedDropout extends BernoulliDropout {
    private static final long serialVersionUID = 1L;

    /** Drops with {@code dropProbability}; meant to be bound by {@link MaskContext#bind}. */
    public InvertedDropout(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #InvertedDropout(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public InvertedDropout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    @Override
    double kept() {
        return 1 / (1 - dropProbability());
    }

    @Override
    public InvertedDropout clone() {
        return new InvertedDropout(dropProbability(), seed(), configuredSite());
    }
}
