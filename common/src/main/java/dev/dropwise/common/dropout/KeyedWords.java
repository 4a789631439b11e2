package dev.dropwise.common.dropout;

import dev.dropwise.common.random.StreamKey;

/**
 * The random words of a stream: word i of key k is a pure function of (k, i), so any word can be had without those before.
 *
 * <p>The key is spread over two halves. Counter i, multiplied by the golden ratio and offset by the lower half, goes through
 * the 32-bit finaliser <em>triple32</em> (Wellons, "Hash Prospector", 2018) with the upper half added between its rounds.
 * Every operation is on 32-bit integers, so the loop vectorises on any CPU, and the words are equal on all of them. (ND4J's
 * own generator uses the lower 32 bits of its seed only: long runs would meet equal masks by birthday.)
 *
 * <p>Has no mutable state; callers own the arrays that they pass.
 */
final class KeyedWords {
    /** The most words that one call gives. */
    static final int CHUNK = 2048;

    private static final int GOLDEN = 0x9E3779B9;

    private final int[] counters = new int[CHUNK];

    KeyedWords() {
        for (int i = 0; i < CHUNK; i++) {
            counters[i] = i * GOLDEN;
        }
    }

    /** Fills {@code out} with words {@code first} until {@code first + out.length}; at most {@link #CHUNK} of them. */
    void fill(long key, int first, int[] out) {
        long spread = StreamKey.absorb(key, 0);
        mix(counters, out, (int) spread + first * GOLDEN, (int) (spread >>> 32));
    }

    // A static loop over arrays and locals alone, which C2 turns into vector instructions.
    private static void mix(int[] counters, int[] out, int lower, int upper) {
        for (int i = 0; i < out.length; i++) {
            int h = counters[i] + lower;
            h ^= h >>> 17;
            h *= 0xed5ad4bb;
            h += upper;
            h ^= h >>> 11;
            h *= 0xac4c1b51;
            h += upper;
            h ^= h >>> 15;
            h *= 0x31848bab;
            h ^= h >>> 14;
            out[i] = h;
        }
    }
}
