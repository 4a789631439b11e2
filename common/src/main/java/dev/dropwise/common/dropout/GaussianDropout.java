package dev.dropwise.common.dropout;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Multiplicative Gaussian noise: in training {@code y = x n} with n ~ N(1, p / (1 - p)), independently for every unit of every
 * example; identity in evaluation (Srivastava et al., "Dropout", JMLR 2014, section 10). The mean of y is x, and the variance
 * is that of inverted dropout with the same p; nothing is ever exactly 0.
 *
 * <p>The noise is drawn in single precision ({@link KeyedNormals}) and is the same in FLOAT and DOUBLE networks. The audit
 * records which factors exceed 1, which happens with probability 1/2; nothing with p = 0, where all of them are 1.
 */
public final class GaussianDropout extends FactorDropout {
    private static final long serialVersionUID = 1L;
    private static final double ABOVE_THE_MEAN = 0.5;

    private transient @Nullable Normals normals;

    /** Noise with the variance p / (1 - p); meant to be bound by {@link MaskContext#bind}. */
    public GaussianDropout(double dropProbability) {
        this(dropProbability, 0, 0);
    }

    /**
     * As {@link #GaussianDropout(double)}, with streams for a stock {@code fit}.
     *
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public GaussianDropout(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
    }

    @Override
    INDArray draw(long key, INDArray input) {
        Normals own = normals == null ? new Normals() : normals;
        normals = own;
        INDArray factors = own.array.of(input.dataType(), input.shape());
        own.fill(key, (float) Math.sqrt(dropProbability() / (1 - dropProbability())));
        if (dropProbability() > 0) {
            recorded(ABOVE_THE_MEAN, own);
        }
        return factors;
    }

    @Override
    public GaussianDropout clone() {
        return new GaussianDropout(dropProbability(), seed(), configuredSite());
    }

    private static final class Normals implements RandomBits {
        private final NoiseArray array = new NoiseArray();
        private final KeyedNormals stream = new KeyedNormals();
        private final float[] chunk = new float[KeyedNormals.CHUNK];

        void fill(long key, float deviation) {
            int length = array.length();
            for (int at = 0; at < length; at += chunk.length) {
                stream.fill(key, at, chunk);
                aroundOne(chunk, deviation);
                array.put(at, chunk, Math.min(chunk.length, length - at));
            }
        }

        private static void aroundOne(float[] numbers, float deviation) {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = 1 + deviation * numbers[i];
            }
        }

        @Override
        public int length() {
            return array.length();
        }

        @Override
        public byte[] packedBits() {
            byte[] bits = new byte[(length() + 7) / 8];
            for (int i = 0; i < length(); i++) {
                boolean above = array.value(i) > 1;
                if (above) {
                    bits[i >> 3] |= (byte) (1 << (i & 7));
                }
            }
            return bits;
        }
    }
}
