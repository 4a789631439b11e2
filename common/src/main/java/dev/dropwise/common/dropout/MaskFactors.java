package dev.dropwise.common.dropout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Masks of {@link DropConnect} as factors, 1 where a parameter is kept and 0 elsewhere, a stretch at a time, for masks that are too many to be kept: the
 * same bits as those of a {@link ParameterMask} of the same key. Draws 32,768 parameters at a time, again unless the last stretch was among them. One
 * thread at a time.
 */
public final class MaskFactors {
    private static final int BITS_OF_ONE = 0x3f800000;

    private final BernoulliBits random = new BernoulliBits();
    private final int[] bits = new int[BernoulliBits.ROW];
    private final int[] row = new int[BernoulliBits.ROW];
    private final IntBuffer ones;
    private final FloatBuffer factors;
    private long key;
    private int threshold;
    private int group = -1;

    /** For stretches of at most {@code longest} parameters. */
    public MaskFactors(int longest) {
        ByteBuffer memory = ByteBuffer.allocateDirect(longest * Float.BYTES).order(ByteOrder.nativeOrder());
        this.ones = memory.asIntBuffer();
        this.factors = memory.asFloatBuffer();
    }

    /** From now on the mask of {@code maskKey}, as {@link ParameterMask#draw} would draw it. */
    void select(long maskKey, int maskThreshold) {
        key = maskKey;
        threshold = maskThreshold;
        group = -1;
    }

    /** Writes the factors of the {@code count} parameters from {@code from} on to the beginning of {@code target}. */
    public void read(int from, int count, float[] target) {
        int done = 0;
        while (done < count) {
            int at = from + done;
            seek(at / BernoulliBits.GROUP);
            int first = at % BernoulliBits.ROW;
            int length = Math.min(BernoulliBits.ROW - first, count - done);
            System.arraycopy(bits, first, row, 0, length);
            spread(row, BernoulliBits.shift(at));
            ones.put(done, row, 0, length);
            done += length;
        }
        factors.get(0, target, 0, count);
    }

    private void seek(int wanted) {
        if (group != wanted) {
            random.draw(key, wanted, threshold, bits);
            group = wanted;
        }
    }

    // One index and one length for all that is compiled: C2 makes vector instructions of it.
    private static void spread(int[] bits, int shift) {
        for (int i = 0; i < bits.length; i++) {
            bits[i] = bits[i] << shift >> (Integer.SIZE - 1) & BITS_OF_ONE;
        }
    }
}
