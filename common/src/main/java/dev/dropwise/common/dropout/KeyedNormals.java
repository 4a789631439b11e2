package dev.dropwise.common.dropout;

/**
 * Standard normal numbers of a stream, by the method of Box and Muller (1958) on {@link KeyedWords}: word i gives the radius
 * and word i + CHUNK / 2 the angle of a point whose two coordinates are numbers i and i + CHUNK / 2 of its chunk.
 *
 * <p>Logarithm, sine and cosine are polynomials (Chebyshev fits, absolute error below 3e-7) in plain float additions and
 * multiplications, which Java 17 rounds alike everywhere, and the square root is correctly rounded by IEEE 754: the numbers
 * have the same bits on every machine, in FLOAT and DOUBLE networks. No number lies further out than 6.6 standard deviations.
 *
 * <p>Holds scratch memory: one thread at a time.
 */
final class KeyedNormals {
    /** How many numbers a call gives. */
    static final int CHUNK = KeyedWords.CHUNK;

    private static final int HALF = CHUNK / 2;
    private static final int MANTISSA = 0x7fffff;
    private static final int ONE = 0x3f800000;
    /** Exponent bias of a float, and the 31 bits of a word. */
    private static final float EXPONENT_OF_ONE = 0x1p23f + 127 + 31;

    private static final int BITS_OF_2_23 = 0x4b000000;

    private static final float MINUS_TWO_LN_2 = -1.3862944f;

    private final KeyedWords words = new KeyedWords();
    private final int[] chunk = new int[CHUNK];
    private final int[] radii = new int[HALF];
    private final int[] directions = new int[HALF];
    private final int[] bits = new int[HALF];
    private final float[] distances = new float[HALF];
    private final float[] half = new float[HALF];
    private final float[] exponents = new float[HALF];
    private final float[] mantissas = new float[HALF];
    private final float[] angles = new float[HALF];
    private final FloatBits floats = new FloatBits(HALF);

    /** Fills {@code out}, of {@link #CHUNK} elements, with the numbers from {@code first}, a multiple of {@link #CHUNK}. */
    void fill(long key, int first, float[] out) {
        words.fill(key, first, chunk);
        System.arraycopy(chunk, 0, radii, 0, HALF);
        System.arraycopy(chunk, HALF, directions, 0, HALF);
        System.arraycopy(floats.signed32(directions), 0, angles, 0, HALF);
        // Never 0, whose logarithm is infinite.
        floats.toInts(floats.oddUnsigned31(radii), bits);
        separate(bits, radii, directions);
        floats.toFloats(radii, exponents);
        floats.toFloats(directions, mantissas);
        radius(exponents, mantissas, distances);
        abscissa(distances, angles, out);
        ordinate(distances, angles, half);
        System.arraycopy(half, 0, out, HALF, HALF);
    }

    /** From the bits of floats to those of 2^23 + exponent and of the mantissa in [1, 2). */
    private static void separate(int[] bits, int[] exponents, int[] mantissas) {
        for (int i = 0; i < HALF; i++) {
            exponents[i] = (bits[i] >>> 23) | BITS_OF_2_23;
            mantissas[i] = (bits[i] & MANTISSA) | ONE;
        }
    }

    // Static loops over arrays and locals alone, each with one array to write: C2 turns such into vector instructions.

    private static void radius(float[] exponents, float[] mantissas, float[] radii) {
        for (int i = 0; i < HALF; i++) {
            // -2 ln of a uniform number in (0, 1]; rounding may leave it a little below 0.
            float square = MINUS_TWO_LN_2 * (exponents[i] - EXPONENT_OF_ONE) + minusTwoLn(mantissas[i] - 1.5f);
            radii[i] = (float) Math.sqrt(Math.max(0f, square));
        }
    }

    private static void abscissa(float[] radii, float[] angles, float[] out) {
        for (int i = 0; i < HALF; i++) {
            float u = angles[i] * 0x1p-32f;
            float s = u * u;
            out[i] = radii[i] * (0.0625f - s) * cosine(s);
        }
    }

    private static void ordinate(float[] radii, float[] angles, float[] out) {
        for (int i = 0; i < HALF; i++) {
            float u = angles[i] * 0x1p-32f;
            float s = u * u;
            out[i] = radii[i] * u * (0.25f - s) * sine(s);
        }
    }

    /** -2 ln(1.5 + m) for m in [-0.5, 0.5). */
    private static float minusTwoLn(float m) {
        float high = 0.028676685f + m * (-0.016265955f + m * (0.012302942f + m * -0.0075052483f));
        float low = 0.44444275f + m * (-0.19752853f + m * (0.09881923f + m * (-0.052726228f + m * high)));
        return -0.8109302f + m * (-1.3333334f + m * low);
    }

    /** cos(2 pi u) / (1/16 - s) for s = u u and u in [-0.5, 0.5]: the zeros are divided out, so no octants are told apart. */
    private static float cosine(float s) {
        float high = 25.925985f + s * (-7.72073f + s * 1.4683467f);
        return 16f + s * (-59.82734f + s * (81.7928f + s * (-58.622337f + s * high)));
    }

    /** sin(2 pi u) / (u (1/4 - s)) for s = u u and u in [-0.5, 0.5]. */
    private static float sine(float s) {
        float high = -38.49588f + s * (14.049664f + s * -3.1616015f);
        return 25.132742f + s * (-64.83582f + s * (67.07663f + s * high));
    }
}
