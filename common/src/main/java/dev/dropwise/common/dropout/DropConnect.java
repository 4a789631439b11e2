package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The noise of DropConnect (Wan et al., "Regularization of neural networks using DropConnect", ICML 2013): in training each
 * weight and each bias of a layer is 0 with the drop probability, and unscaled otherwise. The paper draws a mask for each
 * example; one for each mini-batch and shard is cheaper by far and noisier by as much.
 *
 * <p>Half a word of a mask's key decides for one parameter of the layer, so that the probability is exact to 2^-17. The audit
 * records the mask of the mini-batch, or of its first example.
 */
public final class DropConnect extends KeyedStream {
    /** Draws of the moment-matched normal distribution in evaluation, unless said otherwise. */
    public static final int USUAL_SAMPLES = 100;

    private static final long serialVersionUID = 1L;
    private static final int MOST_SAMPLES = 1 << 16;
    private static final int EVALUATION = -1;
    private static final double HALF_WORDS = 0x1p16;

    /** How many masks a mini-batch gets. */
    public enum Masks {
        /** One for each example, as in the paper. */
        EXAMPLE,
        /** One for all examples of a mini-batch of a shard. */
        BATCH;

        /** The word for it in a spec. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @JsonProperty("masks")
    private final Masks masks;

    @JsonProperty("samples")
    private final int samples;

    private transient @Nullable Scratch scratch;

    /**
     * Configures unbound noise.
     *
     * @param dropProbability of a weight or bias
     * @param samples drawn in evaluation, as in the paper; 0 for the output of the mean pre-activation
     * @param seed of the streams while unbound, and of what evaluation draws
     * @param site that tells this layer from others, likewise
     */
    @JsonCreator
    public DropConnect(
            @JsonProperty("dropProbability") double dropProbability,
            @JsonProperty("masks") Masks masks,
            @JsonProperty("samples") int samples,
            @JsonProperty("seed") long seed,
            @JsonProperty("site") int site) {
        super(dropProbability, seed, site);
        if (samples < 0 || samples > MOST_SAMPLES) {
            throw DropwiseException.configuration("dropconnect: expected 0 (the mean) to " + MOST_SAMPLES
                    + " samples in evaluation, found " + samples);
        }
        this.masks = Objects.requireNonNull(masks, "masks");
        this.samples = samples;
    }

    /** How many masks a mini-batch gets. */
    public Masks masks() {
        return masks;
    }

    /** Draws in evaluation; 0 for the output of the mean pre-activation. */
    public int samples() {
        return samples;
    }

    /**
     * The key of a training pass, under which the masks are drawn and recorded.
     *
     * @param parameters of the layer
     */
    public long draw(int parameters, int iteration, int epoch) {
        long key = key(iteration, epoch);
        long first = masks == Masks.EXAMPLE ? keyOf(key, 0) : key;
        site().ifPresent(site -> site.drawn(dropProbability(), new MaskBits(first, parameters, threshold())));
        return key;
    }

    /** The key of one example's mask in the pass of {@code key}; for {@link Masks#EXAMPLE}. */
    public static long keyOf(long key, int example) {
        return StreamKey.absorb(key, example);
    }

    /**
     * Writes {@code values} to {@code result} where the mask of {@code key} keeps them, and 0 elsewhere.
     *
     * @param values the layer's parameters or their gradient, contiguous, FLOAT or DOUBLE
     * @param result likewise; may be {@code values}
     */
    public void apply(long key, INDArray values, INDArray result) {
        Scratch own = scratch == null ? new Scratch() : scratch;
        scratch = own;
        int threshold = threshold();
        if (values.dataType() == DataType.FLOAT) {
            own.apply(key, threshold, bytes(values).asIntBuffer(), bytes(result).asIntBuffer());
        } else {
            own.apply(
                    key, threshold, bytes(values).asLongBuffer(), bytes(result).asLongBuffer());
        }
    }

    /**
     * The standard normal numbers that evaluation draws: {@code samples} for each of {@code units}, sample by sample. They
     * depend on seed and site alone, so that all examples, batches, ranks and repetitions meet the same ones.
     */
    public float[] normals(int units) {
        long key = StreamKey.of(seed(), Purpose.MASK)
                .with(configuredSite())
                .with(EVALUATION)
                .value();
        float[] normals = new float[Math.multiplyExact(samples, units)];
        KeyedNormals stream = new KeyedNormals();
        float[] chunk = new float[KeyedNormals.CHUNK];
        for (int at = 0; at < normals.length; at += chunk.length) {
            stream.fill(key, at, chunk);
            System.arraycopy(chunk, 0, normals, at, Math.min(chunk.length, normals.length - at));
        }
        return normals;
    }

    /** Halves of words below this keep what they stand for. */
    private int threshold() {
        return (int) Math.round((1 - dropProbability()) * HALF_WORDS);
    }

    /** As configured, bound nowhere. */
    public DropConnect copy() {
        return new DropConnect(dropProbability(), masks, samples, seed(), configuredSite());
    }

    private static ByteBuffer bytes(INDArray array) {
        Pointer memory = array.data().addressPointer();
        ByteBuffer bytes = new org.bytedeco.javacpp.BytePointer(memory)
                .capacity(array.length() * array.dataType().width())
                .asBuffer();
        return bytes.order(ByteOrder.nativeOrder());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof DropConnect that
                && masks == that.masks
                && samples == that.samples;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), masks.label(), samples);
    }

    /** One mask, packed; drawn again only when somebody asks. */
    private record MaskBits(long key, int length, int threshold) implements RandomBits {
        @Override
        public byte[] packedBits() {
            Scratch scratch = new Scratch();
            byte[] bits = new byte[(length + 7) / 8];
            for (int at = 0; at < length; at += Scratch.LENGTH) {
                scratch.fill();
                scratch.mask(key, at, threshold);
                for (int i = 0; i < Math.min(Scratch.LENGTH, length - at); i++) {
                    bits[(at + i) >> 3] |= (byte) ((scratch.value(i) & 1) << (i & 7));
                }
            }
            return bits;
        }
    }

    /**
     * Masks {@link #LENGTH} values at a time: word i decides by its lower half for value i, by its upper for the one half the
     * length further on. Two arrays, and a loop for each, because C2 vectorises no loop that writes two places of one array.
     */
    private static final class Scratch {
        static final int LENGTH = 2 * KeyedWords.CHUNK;

        private static final int HALF = KeyedWords.CHUNK;
        private static final int LOWER = 0xffff;

        private final KeyedWords words = new KeyedWords();
        private final int[] chunk = new int[HALF];
        private final int[] first = new int[HALF];
        private final int[] second = new int[HALF];

        void fill() {
            Arrays.fill(first, -1);
            Arrays.fill(second, -1);
        }

        int value(int i) {
            return i < HALF ? first[i] : second[i - HALF];
        }

        void mask(long key, int at, int threshold) {
            words.fill(key, at / 2, chunk);
            lower(chunk, threshold, first);
            upper(chunk, threshold, second);
        }

        void apply(long key, int threshold, IntBuffer values, IntBuffer result) {
            int length = values.limit();
            for (int at = 0; at < length; at += LENGTH) {
                int here = Math.min(HALF, length - at);
                int there = Math.max(0, Math.min(HALF, length - at - HALF));
                values.get(at, first, 0, here);
                values.get(Math.min(length, at + HALF), second, 0, there);
                mask(key, at, threshold);
                result.put(at, first, 0, here);
                result.put(Math.min(length, at + HALF), second, 0, there);
            }
        }

        void apply(long key, int threshold, LongBuffer values, LongBuffer result) {
            for (int at = 0; at < values.limit(); at += LENGTH) {
                fill();
                mask(key, at, threshold);
                for (int i = 0; i < Math.min(LENGTH, values.limit() - at); i++) {
                    result.put(at + i, values.get(at + i) & value(i));
                }
            }
        }

        private static void lower(int[] words, int threshold, int[] values) {
            for (int i = 0; i < words.length; i++) {
                values[i] &= ((words[i] & LOWER) - threshold) >> 31;
            }
        }

        private static void upper(int[] words, int threshold, int[] values) {
            for (int i = 0; i < words.length; i++) {
                values[i] &= ((words[i] >>> 16) - threshold) >> 31;
            }
        }
    }
}
