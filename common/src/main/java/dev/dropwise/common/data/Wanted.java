package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;

/**
 * Which examples of a split are wanted.
 *
 * @param indices strictly ascending
 */
@SuppressWarnings("ArrayRecordComponent") // Passed down one call chain, never compared.
record Wanted(int[] indices) {
    /** Refuses indices that are not strictly ascending in 0 until {@code size}. */
    static Wanted of(int[] indices, int size) {
        for (int i = 0; i < indices.length; i++) {
            int least = i == 0 ? 0 : indices[i - 1] + 1;
            if (indices[i] < least || indices[i] >= size) {
                throw new IllegalArgumentException("indices must ascend strictly in 0 until " + size + ": indices[" + i
                        + "]=" + indices[i] + ", expected at least " + least);
            }
        }
        return new Wanted(indices);
    }

    int count() {
        return indices.length;
    }

    /** What all of them take in one array. */
    int bytes(int exampleBytes) {
        long bytes = (long) indices.length * exampleBytes;
        if (bytes > Integer.MAX_VALUE - 8) {
            throw DropwiseException.configuration(
                    indices.length + " examples of " + exampleBytes + " bytes take " + bytes
                            + " bytes, more than one array holds; use more shards, or lower --train-limit or --validation");
        }
        return (int) bytes;
    }

    int last() {
        return indices[indices.length - 1];
    }

    /** How many wanted examples from {@code from} on follow one another without a gap. */
    int run(int from) {
        int length = 1;
        while (from + length < indices.length && indices[from + length] == indices[from] + length) {
            length++;
        }
        return length;
    }
}
