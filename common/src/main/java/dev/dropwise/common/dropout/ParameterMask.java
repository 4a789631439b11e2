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
 * <p>What decides for a parameter is a number of 16 bits, whose binary digits are the same bit of 16 words of the key: the parameter is kept
 * where its number is below the threshold. Digits behind the last one of the threshold decide nothing, and their words are not drawn, so that a
 * drop probability of one half takes one random bit a parameter, of a quarter two, and any other at most 16.
 *
 * <p>Parameters are dealt with in groups of 32,768. Digit {@code d} of parameter {@code i} of group {@code g}, {@code d = 0} being the
 * highest, is bit {@code i / 1024} of word {@code (16 g + d) 1024 + i % 1024}.
 */
public final class ParameterMask {
    private static final int PIECE = 1024;

    private static final int PIECES = Integer.SIZE;
    private static final int DIGITS = 16;
    /** The threshold that every number is below. */
    static final int ALL = 1 << DIGITS;

    private final int length;
    // Bit p of element j of a group is for parameter j of the group's piece p: all elements of a loop are
    // shifted by the same, which C2 vectorises.
    private final int[][] groups;
    private final int[] digits = new int[PIECE];
    private final int[] chunk = new int[PIECE];
    private final KeyedWords words = new KeyedWords();

    /** An empty mask for {@code length} parameters. */
    public ParameterMask(int length) {
        this.length = length;
        this.groups = new int[(length + PIECE * PIECES - 1) / (PIECE * PIECES)][PIECE];
    }

    /** Draws the mask of {@code key}, which keeps those whose number is below {@code threshold}, from 0 to {@link #ALL}. */
    void draw(long key, int threshold) {
        int word = 0;
        for (int[] group : groups) {
            Arrays.fill(group, threshold == ALL ? -1 : 0);
            for (int d = DIGITS - 1 - Integer.numberOfTrailingZeros(threshold); d >= 0; d--) {
                words.fill(key, word + d * PIECE, digits);
                compare(group, ((threshold >> (DIGITS - 1 - d)) & 1) != 0, digits);
            }
            word += DIGITS * PIECE;
        }
    }

    /** Makes of what is known with lower digits what is known with these. */
    private static void compare(int[] below, boolean thresholdHasOne, int[] digits) {
        int one = thresholdHasOne ? -1 : 0;
        for (int i = 0; i < below.length; i++) {
            int zero = ~digits[i];
            below[i] = (zero & below[i]) | (one & (zero | below[i]));
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
