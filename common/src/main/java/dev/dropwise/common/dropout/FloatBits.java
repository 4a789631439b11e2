package dev.dropwise.common.dropout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Turns whole numbers into floats by their bits, many at once: JDK 17 compiles neither conversions nor reinterpretations of
 * single elements to vector instructions, but it does integer operations, and copies whole arrays.
 *
 * <p>A number n of at most 23 bits in the mantissa of 2^23 makes 2^23 + n, from which 2^23 is subtracted without rounding.
 * Holds scratch memory: one thread at a time.
 */
final class FloatBits {
    private static final int BITS_OF_2_23 = 0x4b000000;
    private static final float TWO_23 = 0x1p23f;

    private final IntBuffer ints;
    private final FloatBuffer floats;
    private final int[] high;
    private final int[] low;
    private final float[] highFloats;
    private final float[] lowFloats;

    /** For arrays of {@code length} elements. */
    FloatBits(int length) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder());
        this.ints = bytes.asIntBuffer();
        this.floats = bytes.asFloatBuffer();
        this.high = new int[length];
        this.low = new int[length];
        this.highFloats = new float[length];
        this.lowFloats = new float[length];
    }

    /** Copies bits of floats to ints. */
    void toInts(float[] from, int[] to) {
        floats.put(0, from);
        ints.get(0, to);
    }

    /** Copies bits of ints to floats. */
    void toFloats(int[] from, float[] to) {
        ints.put(0, from);
        floats.get(0, to);
    }

    /** The upper 24 bits of each word as a whole number, exactly; this object's own array. */
    float[] unsigned24(int[] words) {
        split24(words, high, low);
        return joined(high, low, 0x1p12f, TWO_23);
    }

    /** Each word {@code >>> 1 | 1}, rounded to a float as a cast would; this object's own array. */
    float[] oddUnsigned31(int[] words) {
        split31(words, high, low);
        return joined(high, low, 0x1p15f, TWO_23);
    }

    /** Each word as a signed number, rounded to a float as a cast would; this object's own array. */
    float[] signed32(int[] words) {
        split32(words, high, low);
        return joined(high, low, 0x1p16f, TWO_23 + 0x1p15f);
    }

    private float[] joined(int[] upper, int[] lower, float unit, float offset) {
        toFloats(upper, highFloats);
        toFloats(lower, lowFloats);
        join(highFloats, lowFloats, unit, offset);
        return highFloats;
    }

    private static void split24(int[] words, int[] high, int[] low) {
        for (int i = 0; i < words.length; i++) {
            high[i] = (words[i] >>> 20) | BITS_OF_2_23;
            low[i] = ((words[i] >>> 8) & 0xfff) | BITS_OF_2_23;
        }
    }

    private static void split31(int[] words, int[] high, int[] low) {
        for (int i = 0; i < words.length; i++) {
            high[i] = (words[i] >>> 16) | BITS_OF_2_23;
            low[i] = ((words[i] >>> 1) & 0x7fff) | 1 | BITS_OF_2_23;
        }
    }

    private static void split32(int[] words, int[] high, int[] low) {
        for (int i = 0; i < words.length; i++) {
            high[i] = ((words[i] >> 16) + 0x8000) | BITS_OF_2_23;
            low[i] = (words[i] & 0xffff) | BITS_OF_2_23;
        }
    }

    // Both parts are exact, so their sum is rounded once.
    private static void join(float[] high, float[] low, float unit, float offset) {
        for (int i = 0; i < high.length; i++) {
            high[i] = (high[i] - offset) * unit + (low[i] - TWO_23);
        }
    }
}
