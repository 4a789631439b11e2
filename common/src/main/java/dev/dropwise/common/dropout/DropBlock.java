package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * DropBlock (Ghiasi et al., "DropBlock: a regularization method for convolutional networks", NeurIPS 2018): squares of
 * b x b units are dropped from each feature map of each example. A square starts at each place where it fits whole with the
 * probability {@code gamma = p / b^2 * (h w) / ((h - b + 1) (w - b + 1))}; what is left is multiplied by the number of all
 * units over the number of units left, counted over the mini-batch; identity in evaluation. The mean of all factors of a
 * mini-batch is 1, exactly; units near the border are dropped less often than others. As gamma takes squares never to
 * overlap, slightly less than the fraction p is dropped.
 *
 * <p>As in the authors' code, a block larger than a map is cut to the map. Each channel has a mask of its own, which the paper
 * found to do better than one for all. Takes activations {@code [examples, channels, h, w]}. The audit records where squares
 * start.
 */
public final class DropBlock extends FactorDropout {
    private static final long serialVersionUID = 1L;

    /** The side of a block when nothing else is said: the paper's. */
    public static final int USUAL_BLOCK = 7;

    @JsonProperty("block")
    private final int block;

    private transient @Nullable Blocks blocks;

    /**
     * Drops about the fraction {@code dropProbability} in squares.
     *
     * @param block side of a square, at least 1
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public DropBlock(
            @JsonProperty(value = "dropProbability", required = true) double dropProbability,
            @JsonProperty(value = "block", required = true) int block,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
        if (block < 1) {
            throw DropwiseException.configuration("dropblock: block must be at least 1, found " + block);
        }
        this.block = block;
    }

    /** The probability that a square starts where it fits, for maps of {@code height} by {@code width}. */
    static double gamma(double dropProbability, int block, long height, long width) {
        double places = (height - block + 1.0) * (width - block + 1.0);
        return dropProbability / ((double) block * block) * height * width / places;
    }

    @Override
    INDArray draw(long key, INDArray input) {
        requireMaps(input, 4);
        Blocks own = blocks == null ? new Blocks() : blocks;
        blocks = own;
        int height = (int) input.size(2);
        int width = (int) input.size(3);
        int side = Math.min(block, Math.min(height, width));
        double gamma = gamma(dropProbability(), side, height, width);
        // Where nothing starts this mask "keeps".
        own.starts.draw(
                key, gamma, 1, DataType.FLOAT, input.size(0), input.size(1), height - side + 1, width - side + 1);
        recorded(gamma, own.starts);
        return own.factors(input, side);
    }

    @Override
    public DropBlock clone() {
        return new DropBlock(dropProbability(), block, seed(), configuredSite());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof DropBlock that && block == that.block;
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + block;
    }

    private static final class Blocks {
        private final BernoulliMask starts = new BernoulliMask();
        private final NoiseArray array = new NoiseArray();
        private float[] scratch = new float[0];
        private int left;

        INDArray factors(INDArray input, int side) {
            INDArray factors = array.of(input.dataType(), input.shape());
            int length = array.length();
            if (scratch.length < length) {
                scratch = new float[length];
            }
            Arrays.fill(scratch, 0, length, 1);
            left = length;
            cut(side, (int) input.size(2), (int) input.size(3));
            double scale = left == 0 ? 1 : (double) length / left;
            if (!array.isSingle()) {
                array.put(0, scratch, length);
                return factors.muli(scale);
            }
            multiply(scratch, length, (float) scale);
            array.put(0, scratch, length);
            return factors;
        }

        private static void multiply(float[] values, int count, float factor) {
            for (int i = 0; i < count; i++) {
                values[i] *= factor;
            }
        }

        private void cut(int side, int height, int width) {
            int columns = width - side + 1;
            int places = (height - side + 1) * columns;
            starts.forEachDropped(start -> {
                int place = start % places;
                int corner = start / places * height * width + place / columns * width + place % columns;
                cutSquare(corner, side, width);
            });
        }

        private void cutSquare(int corner, int side, int width) {
            for (int row = 0; row < side; row++) {
                for (int at = corner + row * width; at < corner + row * width + side; at++) {
                    left -= (int) scratch[at];
                    scratch[at] = 0;
                }
            }
        }
    }
}
