package dev.dropwise.worker.collectives;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Sums the vectors of all ranks in a fixed binary tree over ranks: n of them split at the largest power of two below n,
 * so that four give (0+1)+(2+3) and five ((0+1)+(2+3))+4. The order, and with it every bit of the sum, depends on the
 * number of ranks alone. Works in blocks that stay in the first-level cache; allocates nothing.
 */
final class TreeSum {
    /** Floats in a block: a few scratch arrays of that length fit a first-level cache. */
    static final int BLOCK = 2048;

    private static final long FLOATS_OFFSET = UnsafeApi.arrayBaseOffset(float[].class);

    private final DirectBuffer[] sources;
    private final int[] offsets;
    private final float[][] scratch;

    TreeSum(int worldSize) {
        this.sources = new DirectBuffer[worldSize];
        this.offsets = new int[worldSize];
        int depth = 1 + 32 - Integer.numberOfLeadingZeros(worldSize);
        this.scratch = new float[depth][BLOCK];
    }

    /** Sets where the floats of {@code rank} begin. */
    void source(int rank, DirectBuffer buffer, int offset) {
        sources[rank] = buffer;
        offsets[rank] = offset;
    }

    /** Writes the sum of {@code floats} floats of all sources to {@code target}, which may be one of them. */
    void sumInto(MutableDirectBuffer target, int targetOffset, int floats) {
        for (int done = 0; done < floats; done += BLOCK) {
            int length = Math.min(BLOCK, floats - done);
            sum(0, sources.length, done * Float.BYTES, length, 0);
            int at = targetOffset + done * Float.BYTES;
            target.boundsCheck(at, length * Float.BYTES);
            long address = target.addressOffset() + at;
            UnsafeApi.copyMemory(scratch[0], FLOATS_OFFSET, target.byteArray(), address, (long) length * Float.BYTES);
        }
    }

    /** Leaves the sum of {@code count} ranks from {@code first} on in the scratch array of {@code depth}. */
    private void sum(int first, int count, int position, int length, int depth) {
        if (count == 1) {
            load(first, position, length, scratch[depth]);
            return;
        }
        int left = Integer.highestOneBit(count - 1);
        sum(first, left, position, length, depth);
        sum(first + left, count - left, position, length, depth + 1);
        add(scratch[depth], scratch[depth + 1], length);
    }

    private void load(int rank, int position, int length, float[] into) {
        DirectBuffer source = sources[rank];
        source.boundsCheck(offsets[rank] + position, length * Float.BYTES);
        UnsafeApi.copyMemory(
                source.byteArray(),
                source.addressOffset() + offsets[rank] + position,
                into,
                FLOATS_OFFSET,
                (long) length * Float.BYTES);
    }

    private static void add(float[] sum, float[] other, int length) {
        // Two arrays and one index: what the compiler turns into vector instructions.
        for (int i = 0; i < length; i++) {
            sum[i] += other[i];
        }
    }
}
