package dev.dropwise.common.dropout;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Max-drop, feature-wise (Park and Kwak, "Analysis on the dropout effect in convolutional neural networks", ACCV 2016): in
 * training the largest activation of each feature map of each example is set to 0 with the drop probability p, all else stays;
 * identity in evaluation. The authors rescale nothing, so training and evaluation have no mean in common. Of equal maxima the
 * first in row-major order is dropped.
 *
 * <p>Takes activations {@code [examples, channels, ...]} of rank 3 and more. The audit records a bit for each map.
 */
public final class MaxDrop extends FactorDropout {
    private static final long serialVersionUID = 1L;

    private transient @Nullable Maxima maxima;

    /** Drops maxima with {@code dropProbability}; meant to be bound by {@link MaskContext#bind}. */
    public MaxDrop(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #MaxDrop(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public MaxDrop(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    @Override
    INDArray draw(long key, INDArray input) {
        requireMaps(input, 3);
        Maxima own = maxima == null ? new Maxima() : maxima;
        maxima = own;
        own.maps.draw(key, dropProbability(), 1, DataType.FLOAT, input.size(0), input.size(1));
        recorded(dropProbability(), own.maps);
        return own.factors(input);
    }

    @Override
    public MaxDrop clone() {
        return new MaxDrop(dropProbability(), seed(), configuredSite());
    }

    private static final class Maxima {
        private final BernoulliMask maps = new BernoulliMask();
        private final NoiseArray values = new NoiseArray();
        private final NoiseArray array = new NoiseArray();
        private float[] scratch = new float[0];
        private float[] map = new float[0];

        INDArray factors(INDArray input) {
            values.of(input.dataType(), input.shape()).assign(input);
            INDArray factors = array.of(input.dataType(), input.shape());
            int length = array.length();
            if (scratch.length < length) {
                scratch = new float[length];
            }
            Arrays.fill(scratch, 0, length, 1);
            int size = length / maps.length();
            if (map.length != size) {
                map = new float[size];
            }
            maps.forEachDropped(dropped -> scratch[dropped * size + largest(dropped * size, size)] = 0);
            array.put(0, scratch, length);
            return factors;
        }

        /** Position within the map whose elements begin at {@code from}. */
        private int largest(int from, int size) {
            if (!values.isSingle()) {
                return largestInDouble(from, size);
            }
            values.get(from, map, size);
            int best = 0;
            for (int i = 1; i < size; i++) {
                if (map[i] > map[best]) {
                    best = i;
                }
            }
            return best;
        }

        private int largestInDouble(int from, int size) {
            int best = 0;
            for (int i = 1; i < size; i++) {
                if (values.value(from + i) > values.value(from + best)) {
                    best = i;
                }
            }
            return best;
        }
    }
}
