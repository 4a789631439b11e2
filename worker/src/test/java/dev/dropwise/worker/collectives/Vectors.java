package dev.dropwise.worker.collectives;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/** Float vectors for tests, and the sum they are checked against. */
final class Vectors {
    private Vectors() {}

    /** The values that {@code rank} puts in: of very different magnitudes, so that the order of additions shows. */
    static float[] values(long seed, int rank, int floats) {
        Random random = new Random(seed * 1000 + rank);
        float[] values = new float[floats];
        for (int i = 0; i < floats; i++) {
            values[i] = (random.nextFloat() - 0.5f) * (float) Math.pow(10, random.nextInt(9) - 4);
        }
        return values;
    }

    /** The sum over ranks, one float after the other, by the definition of the tree. */
    static float[] treeSum(long seed, int worldSize, int floats) {
        float[][] all = new float[worldSize][];
        for (int rank = 0; rank < worldSize; rank++) {
            all[rank] = values(seed, rank, floats);
        }
        return treeSum(all);
    }

    /** As {@link #treeSum(long, int, int)}, of vectors of any origin, one a rank. */
    static float[] treeSum(float[][] all) {
        float[] sum = new float[all[0].length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = treeSum(all, i, 0, all.length);
        }
        return sum;
    }

    private static float treeSum(float[][] all, int i, int first, int count) {
        if (count == 1) {
            return all[first][i];
        }
        int left = 1;
        while (left * 2 < count) {
            left *= 2;
        }
        return treeSum(all, i, first, left) + treeSum(all, i, first + left, count - left);
    }

    static UnsafeBuffer direct(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return new UnsafeBuffer(bytes);
    }

    static float[] floats(UnsafeBuffer buffer) {
        float[] values = new float[buffer.capacity() / Float.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.getFloat(i * Float.BYTES);
        }
        return values;
    }
}
