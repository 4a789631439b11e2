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
 * once. Parameter {@code i} has bit {@code i} of the key's {@link BernoulliBits}. One thread at a time.
 */
public final class ParameterMask {
    private static final int PIECE = BernoulliBits.ROW;

    private final int length;
    private final int[][] groups;
    private final int[] chunk = new int[PIECE];
    private final BernoulliBits random = new BernoulliBits();

    /** An empty mask for {@code length} parameters. */
    public ParameterMask(int length) {
        this.length = length;
        this.groups = new int[(length + BernoulliBits.GROUP - 1) / BernoulliBits.GROUP][PIECE];
    }

    /** Draws the mask of {@code key}, which keeps each with the probability {@code threshold / BernoulliBits.ALL}. */
    void draw(long key, int threshold) {
        for (int group = 0; group < groups.length; group++) {
            random.draw(key, group, threshold, groups[group]);
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
            keep(chunk, group(at), BernoulliBits.shift(at));
            result.put(at, chunk, 0, count);
        }
    }

    private void apply(LongBuffer values, LongBuffer result) {
        for (int at = 0; at < length; at += PIECE) {
            Arrays.fill(chunk, -1);
            keep(chunk, group(at), BernoulliBits.shift(at));
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
        return groups[at / BernoulliBits.GROUP];
    }

    /** The mask in the order of parameters, 8 to a byte. */
    byte[] packedBits() {
        byte[] bits = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++) {
            int kept = group(i)[i % PIECE] << BernoulliBits.shift(i) >>> 31;
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
