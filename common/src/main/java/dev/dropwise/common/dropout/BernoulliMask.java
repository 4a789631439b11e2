package dev.dropwise.common.dropout;

import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mask of independent elements: 0 with the drop probability, else one same value, by default {@code 1 / (1 - p)}.
 *
 * <p>Element i in row-major order is kept when word i of the key, as a fraction of 2^31, is below 1 - p: the same elements
 * are kept in FLOAT and DOUBLE and on every machine. The probability is exact to 2^-31. Owned by one dropout; not
 * thread-safe.
 */
final class BernoulliMask implements RandomBits {
    private static final double WORD_RANGE = 0x1p31;

    private final KeyedWords words = new KeyedWords();
    private final NoiseArray noise = new NoiseArray();
    private final int[] chunk = new int[KeyedWords.CHUNK];
    private final long[] wideChunk = new long[KeyedWords.CHUNK];

    /** As {@link #draw(long, double, double, DataType, long...)}, with {@code 1 / (1 - p)} for what is kept. */
    INDArray draw(long key, double dropProbability, DataType type, long... shape) {
        return draw(key, dropProbability, 1 / (1 - dropProbability), type, shape);
    }

    /**
     * Draws the mask of {@code key}, with {@code kept} for what is not dropped.
     *
     * @return row-major, of {@code shape}; this object's own array, valid until the next draw
     */
    INDArray draw(long key, double dropProbability, double kept, DataType type, long... shape) {
        INDArray array = noise.of(type, shape);
        if (dropProbability == 0) {
            array.assign(kept);
        } else if (type == DataType.FLOAT) {
            fillSingle(key, dropProbability, Float.floatToRawIntBits((float) kept));
        } else {
            fillDouble(key, dropProbability, Double.doubleToRawLongBits(kept));
        }
        return array;
    }

    /** Elements in the mask of the last draw. */
    @Override
    public int length() {
        return noise.length();
    }

    /** The last mask as bits, 1 for kept. */
    @Override
    public byte[] packedBits() {
        int length = length();
        IntBuffer ints = noise.ints();
        LongBuffer longs = noise.longs();
        boolean single = noise.isSingle();
        byte[] bits = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++) {
            boolean kept = single ? ints.get(i) != 0 : longs.get(i) != 0;
            if (kept) {
                bits[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        return bits;
    }

    /** Tells {@code action} the row-major position of each element of the last mask that is 0, ascending; for FLOAT only. */
    void forEachDropped(IntConsumer action) {
        IntBuffer ints = noise.ints();
        int length = length();
        for (int at = 0; at < length; at += chunk.length) {
            int count = Math.min(chunk.length, length - at);
            ints.get(at, chunk, 0, count);
            for (int i = 0; i < count; i++) {
                if (chunk[i] == 0) {
                    action.accept(at + i);
                }
            }
        }
    }

    private void fillSingle(long key, double dropProbability, int kept) {
        IntBuffer out = noise.ints();
        int length = length();
        int threshold = threshold(dropProbability);
        for (int at = 0; at < length; at += chunk.length) {
            words.fill(key, at, chunk);
            keep(chunk, threshold, kept);
            out.put(at, chunk, 0, Math.min(chunk.length, length - at));
        }
    }

    private void fillDouble(long key, double dropProbability, long kept) {
        LongBuffer out = noise.longs();
        int length = length();
        int threshold = threshold(dropProbability);
        for (int at = 0; at < length; at += chunk.length) {
            words.fill(key, at, chunk);
            keep(chunk, threshold, -1);
            for (int i = 0; i < chunk.length; i++) {
                wideChunk[i] = chunk[i] & kept;
            }
            out.put(at, wideChunk, 0, Math.min(chunk.length, length - at));
        }
    }

    /** Words below this, as 31-bit numbers, keep what they stand for. */
    static int threshold(double dropProbability) {
        return (int) Math.min(Integer.MAX_VALUE, Math.round((1 - dropProbability) * WORD_RANGE));
    }

    /** Replaces each word that keeps what it stands for by {@code kept}, and each other by 0. */
    // Branch-free, so that it vectorises and does not pay a misprediction for every second element.
    static void keep(int[] words, int threshold, int kept) {
        for (int i = 0; i < words.length; i++) {
            words[i] = ((words[i] >>> 1) - threshold) >> 31 & kept;
        }
    }
}
