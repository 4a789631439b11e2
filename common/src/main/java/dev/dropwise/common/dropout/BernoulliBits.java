package dev.dropwise.common.dropout;

import java.util.Arrays;

/**
 * Random bits that are 1 with a probability in steps of 2^-16, in groups of 32,768.
 *
 * <p>What decides for a bit is a number of 16 binary digits, which are the same bit of 16 words of the key: it is 1 where its number is below the
 * threshold. Digits behind the last one of the threshold decide nothing, and their words are not drawn, so that a probability of one half takes one
 * random bit for each, of a quarter two, and any other at most 16.
 *
 * <p>Digit {@code d} for bit {@code i} of group {@code g}, {@code d = 0} being the highest, is bit {@code i / 1024} of word
 * {@code (16 g + d) 1024 + i % 1024}. Holds scratch memory: one thread at a time.
 */
final class BernoulliBits {
    /**
     * Words of a group. Its bit {@code i} is bit {@code i / ROW} of word {@code i % ROW}: whoever reads a row shifts all words by the same, which C2
     * vectorises.
     */
    static final int ROW = 1024;
    /** Bits of a group. */
    static final int GROUP = ROW * Integer.SIZE;

    private static final int DIGITS = 16;
    /** The threshold that every number is below. */
    static final int ALL = 1 << DIGITS;

    private final int[] digits = new int[ROW];
    private final KeyedWords words = new KeyedWords();

    /** Writes the bits of {@code group} of {@code key}, each 1 with the probability {@code threshold / ALL}, to the {@link #ROW} words of {@code bits}. */
    void draw(long key, int group, int threshold, int[] bits) {
        Arrays.fill(bits, threshold == ALL ? -1 : 0);
        for (int d = DIGITS - 1 - Integer.numberOfTrailingZeros(threshold); d >= 0; d--) {
            words.fill(key, (group * DIGITS + d) * ROW, digits);
            compare(bits, ((threshold >> (DIGITS - 1 - d)) & 1) != 0, digits);
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

    /** How far to shift words to the left so that the bits of {@code index} and of the others in its row are at the top. */
    static int shift(int index) {
        return Integer.SIZE - 1 - index / ROW % Integer.SIZE;
    }
}
