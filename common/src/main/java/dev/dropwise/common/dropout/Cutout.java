package dev.dropwise.common.dropout;

import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonIgnoreProperties;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cutout (DeVries and Taylor, "Improved regularization of convolutional neural networks with cutout", 2017): in training one
 * square of each image is set to 0 in all channels; its centre is a uniformly random pixel, and what lies beyond the border is
 * cut off; identity in evaluation. Nothing is rescaled, so training and evaluation have no mean in common.
 *
 * <p>Takes images {@code [examples, channels, h, w]}, or flattened as {@code [examples, channels * h * w]}. The audit records
 * the words that the centres are made of, whose bits are 0 with probability 1/2.
 */
@JsonIgnoreProperties("dropProbability")
public final class Cutout extends FactorDropout {
    private static final long serialVersionUID = 1L;
    private static final double FAIR = 0.5;

    @JsonProperty("side")
    private final int side;

    @JsonProperty("height")
    private final int height;

    @JsonProperty("width")
    private final int width;

    private transient @Nullable Squares squares;

    /**
     * Cuts squares of {@code side} pixels out of images of {@code height} by {@code width}.
     *
     * @param side at least 1
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    @JsonCreator
    public Cutout(
            @JsonProperty(value = "side", required = true) int side,
            @JsonProperty(value = "height", required = true) int height,
            @JsonProperty(value = "width", required = true) int width,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(0, seed, site);
        if (side < 1 || height < 1 || width < 1) {
            throw DropwiseException.configuration("cutout: side and image must be at least 1 pixel: side=" + side
                    + " height=" + height + " width=" + width);
        }
        this.side = side;
        this.height = height;
        this.width = width;
    }

    /** Whether it cuts images of this height and width. */
    public boolean isFor(ImageShape image) {
        return height == image.height() && width == image.width();
    }

    /** Height and width of the images that it cuts, for messages: {@code 28x28}. */
    public String imageSize() {
        return height + "x" + width;
    }

    @Override
    INDArray draw(long key, INDArray input) {
        long pixels = (long) height * width;
        boolean fits = (input.rank() == 2 && input.size(1) % pixels == 0)
                || (input.rank() == 4 && input.size(2) == height && input.size(3) == width);
        if (!fits) {
            throw DropwiseException.configuration(this + ": expected images of " + height + "x" + width
                    + " pixels, found an input of shape " + Arrays.toString(input.shape())
                    + "; give cutout to the network's input alone");
        }
        Squares own = squares == null ? new Squares() : squares;
        squares = own;
        own.draw(key, (int) input.size(0));
        recorded(FAIR, own);
        return own.factors(input, this);
    }

    @Override
    public Cutout clone() {
        return new Cutout(side, height, width, seed(), configuredSite());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof Cutout that
                && side == that.side
                && height == that.height
                && width == that.width;
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + side;
    }

    @Override
    public String toString() {
        return "Cutout(side=" + side + ")";
    }

    private static final class Squares implements RandomBits {
        private final KeyedWords words = new KeyedWords();
        private final NoiseArray array = new NoiseArray();
        private int[] drawn = new int[0];
        private float[] scratch = new float[0];

        void draw(long key, int examples) {
            drawn = new int[2 * examples];
            int[] chunk = new int[KeyedWords.CHUNK];
            for (int at = 0; at < drawn.length; at += chunk.length) {
                words.fill(key, at, chunk);
                System.arraycopy(chunk, 0, drawn, at, Math.min(chunk.length, drawn.length - at));
            }
        }

        INDArray factors(INDArray input, Cutout shape) {
            INDArray factors = array.of(input.dataType(), input.shape());
            int length = array.length();
            if (scratch.length < length) {
                scratch = new float[length];
            }
            Arrays.fill(scratch, 0, length, 1);
            int images = length / (shape.height * shape.width);
            int channels = images / (drawn.length / 2);
            for (int image = 0; image < images; image++) {
                int example = image / channels;
                int top = below(shape.height, drawn[2 * example]) - shape.side / 2;
                int left = below(shape.width, drawn[2 * example + 1]) - shape.side / 2;
                cut(image * shape.height, top, left, shape);
            }
            array.put(0, scratch, length);
            return factors;
        }

        private void cut(int firstRow, int top, int left, Cutout shape) {
            int from = Math.max(0, left);
            int to = Math.min(shape.width, left + shape.side);
            for (int row = Math.max(0, top); row < Math.min(shape.height, top + shape.side); row++) {
                int start = (firstRow + row) * shape.width;
                Arrays.fill(scratch, start + from, start + to, 0);
            }
        }

        /** The word as a fraction of 2^32, times {@code bound}. */
        private static int below(int bound, int word) {
            return (int) ((Integer.toUnsignedLong(word) * bound) >>> 32);
        }

        @Override
        public int length() {
            return drawn.length * Integer.SIZE;
        }

        @Override
        public byte[] packedBits() {
            ByteBuffer bytes = ByteBuffer.allocate(drawn.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(drawn);
            return bytes.array();
        }
    }
}
