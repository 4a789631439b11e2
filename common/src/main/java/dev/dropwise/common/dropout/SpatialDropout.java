package dev.dropwise.common.dropout;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Spatial dropout: in training {@code y = m x / (1 - p)} with one m for each feature map of each example, 0 with the drop
 * probability p, else 1; identity in evaluation (Tompson et al., "Efficient object localization using convolutional networks",
 * CVPR 2015). The mean of y is x, exactly. Neighbouring pixels are too alike for dropout of single ones to matter.
 *
 * <p>Takes activations {@code [examples, channels, ...]} of rank 3 and more. The audit records a bit for each map.
 */
public final class SpatialDropout extends FactorDropout {
    private static final long serialVersionUID = 1L;

    private transient @Nullable BernoulliMask maps;

    /** Drops maps with {@code dropProbability}; meant to be bound by {@link MaskContext#bind}. */
    public SpatialDropout(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #SpatialDropout(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public SpatialDropout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    @Override
    INDArray draw(long key, INDArray input) {
        requireMaps(input, 3);
        BernoulliMask own = maps == null ? new BernoulliMask() : maps;
        maps = own;
        INDArray factors = own.draw(key, dropProbability(), input.dataType(), input.size(0), input.size(1));
        recorded(dropProbability(), own);
        return factors;
    }

    @Override
    void multiply(INDArray values, INDArray factors, INDArray result) {
        Nd4j.getExecutioner().exec(new BroadcastMulOp(values, factors, result, 0, 1));
    }

    @Override
    public SpatialDropout clone() {
        return new SpatialDropout(dropProbability(), seed(), configuredSite());
    }
}
