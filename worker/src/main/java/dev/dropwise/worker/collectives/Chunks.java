package dev.dropwise.worker.collectives;

/**
 * How a vector is dealt out to ranks: contiguous chunks of nearly equal length, chunk r for rank r, cut at multiples of
 * 16 floats, a cache line, so that short vectors leave some chunks empty.
 */
final class Chunks {
    private static final int FLOATS_PER_LINE = 16;

    private Chunks() {}

    /** Where chunk {@code chunk} begins, in bytes; {@code worldSize} gives the end of the last one. */
    static int startBytes(int chunk, int worldSize, int floats) {
        if (chunk == worldSize) {
            return floats * Float.BYTES;
        }
        return (int) ((long) floats * chunk / worldSize) / FLOATS_PER_LINE * FLOATS_PER_LINE * Float.BYTES;
    }
}
