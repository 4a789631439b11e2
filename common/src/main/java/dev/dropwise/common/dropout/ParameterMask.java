package dev.dropwise.common.dropout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One bit for each parameter of a layer: 1 where {@link DropConnect} keeps it. Drawn once a step ({@link DropConnect#fill}) and applied to
 * weights on the way forward and to their gradients on the way back: bits of three million parameters take 360 kB; memory is made
 * once. One thread at a time.
 *
 * <p>Parameter {@code i} of each 4096 is decided by half a word of the key: by the lower half of word {@code i} when below 2048, else
 * by the upper half of word {@code i - 2048}.
 */
public final class ParameterMask {
    private static final int PIECE = 1024;

    private static final int LOWER = 0xffff;
    private static final int SIGN = 1 << 31;
    private static final int PIECES = Integer.SIZE;
    private static final int PIECES_OF_WORDS = 4;

    private final int length;
    // Bit p of element j of a group is for parameter j of the group's piece p: all elements of a loop are
    // shifted by the same, which C2 vectorises.
    private final int[][] groups;
    private final int[] even = new int[PIECE];
    private final int[] odd = new int[PIECE];
    private final int[] chunk = new int[PIECE];
    private final KeyedWords words = new KeyedWords();

    /** An empty mask for {@code length} parameters. */
    public ParameterMask(int length) {
        this.length = length;
        this.groups = new int[(length + PIECE * PIECES - 1) / (PIECE * PIECES)][PIECE];
    }

    /** Draws the mask of {@code key}, where halves of words below {@code threshold} keep what they stand for. */
    void draw(long key, int threshold) {
        int word = 0;
        for (int[] group : groups) {
            for (int piece = 0; piece < PIECES; piece += PIECES_OF_WORDS) {
                words.fill(key, word, even);
                words.fill(key, word + PIECE, odd);
                pack(even, odd, threshold, group);
                word += 2 * PIECE;
            }
        }
    }

    // Bits enter at the top, those of a group's first pieces eight times moved down by four.
    private static void pack(int[] even, int[] odd, int threshold, int[] bits) {
        for (int i = 0; i < bits.length; i++) {
            bits[i] = bits[i] >>> 4
                    | (((even[i] & LOWER) - threshold) & SIGN) >>> 3
                    | (((odd[i] & LOWER) - threshold) & SIGN) >>> 2
                    | (((even[i] >>> 16) - threshold) & SIGN) >>> 1
                    | (((odd[i] >>> 16) - threshold) & SIGN);
        }
    }

    /**
     * Writes {@code values} to {@code result} where the mask keeps them, and 0 elsewhere.
     *
     * @param values the layer's parameters or their gradient, contiguous, FLOAT or DOUBLE
     * @param result likewise; may be {@code values}
     * @throws IllegalArgumentException when there are more or fewer values than the mask has bits
     */
    public void apply(INDArray values, INDArray result) {
        if (values.length() != length || result.length() != length) {
            throw new IllegalArgumentException(
                    "mask of " + length + " parameters: expected as many values and results, found " + values.length()
                            + " and " + result.length());
        }
        if (values.dataType() == DataType.FLOAT) {
            apply(bytes(values).asIntBuffer(), bytes(result).asIntBuffer());
        } else {
            apply(bytes(values).asLongBuffer(), bytes(result).asLongBuffer());
        }
    }

    private void apply(IntBuffer values, IntBuffer result) {
        for (int at = 0; at < length; at += PIECE) {
            int count = Math.min(PIECE, length - at);
            values.get(at, chunk, 0, count);
            keep(chunk, group(at), shift(at));
            result.put(at, chunk, 0, count);
        }
    }

    private void apply(LongBuffer values, LongBuffer result) {
        for (int at = 0; at < length; at += PIECE) {
            Arrays.fill(chunk, -1);
            keep(chunk, group(at), shift(at));
            for (int i = at; i < Math.min(at + PIECE, length); i++) {
                result.put(i, values.get(i) & chunk[i - at]);
            }
        }
    }

    private static void keep(int[] values, int[] bits, int shift) {
        for (int i = 0; i < values.length; i++) {
            values[i] &= bits[i] << shift >> 31;
        }
    }

    private int[] group(int at) {
        return groups[at / (PIECE * PIECES)];
    }

    /** That which brings the bits of the piece from {@code at} on to the top. */
    private static int shift(int at) {
        return PIECES - 1 - at / PIECE % PIECES;
    }

    /** The mask in the order of parameters, 8 to a byte. */
    byte[] packedBits() {
        byte[] bits = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++) {
            int kept = group(i)[i % PIECE] << shift(i) >>> 31;
            bits[i >> 3] |= (byte) (kept << (i & 7));
        }
        return bits;
    }

    private static ByteBuffer bytes(INDArray array) {
        Pointer memory = array.data().addressPointer();
        ByteBuffer bytes = new BytePointer(memory)
                .capacity(array.length() * array.dataType().width())
                .asBuffer();
        return bytes.order(ByteOrder.nativeOrder());
    }
}
