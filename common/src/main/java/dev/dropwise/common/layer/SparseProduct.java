package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Products of a sparse matrix with a dense one, in single precision. Dropout and rectifiers leave nine of ten activations zero in the middle of
 * a training, and their gradients at the same places: what is left is so little work that it does not matter that OpenBLAS works twice as
 * fast.
 *
 * <p>Each element of the product is summed in the order of the sparse matrix' columns, one addition at a time: the same bits on every CPU.
 * Zeros times infinity are left out as well: what is not finite shows where it meets other numbers. Holds scratch memory; one thread at
 * a time.
 */
final class SparseProduct {
    /** Columns of the dense matrix that are worked on at a time: loops of 256 take a third longer for an element. */
    static final int WIDTH = 1024;

    private static final int BLOCK_ROWS = 64;
    private static final int BLOCK_COLUMNS = 64;

    private float[][] panel = new float[0][];
    private final float[] sums = new float[WIDTH];
    private final float[] block = new float[BLOCK_ROWS * BLOCK_COLUMNS];

    /** Writes {@code a b} into {@code c}; {@code b}, of {@code columns} columns, and {@code c} are row-major. */
    void multiply(SparseRows a, FloatBuffer b, int columns, FloatBuffer c) {
        reserve(a.columns(), Math.min(WIDTH, columns));
        for (int from = 0; from < columns; from += WIDTH) {
            int width = Math.min(WIDTH, columns - from);
            for (int k = 0; k < a.columns(); k++) {
                b.get(k * columns + from, panel[k], 0, width);
            }
            multiplyPanel(a, columns, from, width, c);
        }
    }

    /** Writes {@code a b} into the row-major {@code c}; {@code b}, of {@code columns} columns, is column-major. */
    void multiplyColumnMajor(SparseRows a, FloatBuffer b, int columns, FloatBuffer c) {
        reserve(a.columns(), Math.min(WIDTH, columns));
        for (int from = 0; from < columns; from += WIDTH) {
            int width = Math.min(WIDTH, columns - from);
            for (int first = 0; first < width; first += BLOCK_ROWS) {
                transpose(b, a.columns(), from + first, first, Math.min(BLOCK_ROWS, width - first));
            }
            multiplyPanel(a, columns, from, width, c);
        }
    }

    /** Puts {@code count} columns of {@code b}, each {@code length} long, into the panel's columns from {@code first} on. */
    private void transpose(FloatBuffer b, int length, int from, int first, int count) {
        for (int k = 0; k < length; k += BLOCK_COLUMNS) {
            int columns = Math.min(BLOCK_COLUMNS, length - k);
            for (int i = 0; i < count; i++) {
                b.get((from + i) * length + k, block, i * BLOCK_COLUMNS, columns);
            }
            for (int j = 0; j < columns; j++) {
                // A count that the compiler knows is one it unrolls.
                if (count == BLOCK_ROWS) {
                    scatter(block, j, panel[k + j], first, BLOCK_ROWS);
                } else {
                    scatter(block, j, panel[k + j], first, count);
                }
            }
        }
    }

    private static void scatter(float[] block, int column, float[] target, int first, int count) {
        for (int i = 0; i < count; i++) {
            target[first + i] = block[i * BLOCK_COLUMNS + column];
        }
    }

    private void multiplyPanel(SparseRows a, int columns, int from, int width, FloatBuffer c) {
        for (int i = 0; i < a.rows(); i++) {
            row(a, i, panel, sums, width);
            c.put(i * columns + from, sums, 0, width);
        }
    }

    /** Writes the product of row {@code i} of {@code a} and the first {@code width} columns of {@code panel}, a row an array. */
    static void row(SparseRows a, int i, float[][] panel, float[] sums, int width) {
        Arrays.fill(sums, 0, width, 0f);
        int[] column = a.column();
        float[] value = a.value();
        int at = a.start(i);
        int end = a.start(i + 1);
        for (; at + 3 < end; at += 4) {
            addFour(a, at, panel, sums, width);
        }
        for (; at < end; at++) {
            addOne(panel[column[at]], value[at], sums, width);
        }
    }

    private static void addFour(SparseRows a, int at, float[][] panel, float[] into, int width) {
        int[] column = a.column();
        float[] value = a.value();
        float v0 = value[at];
        float v1 = value[at + 1];
        float v2 = value[at + 2];
        float v3 = value[at + 3];
        float[] b0 = panel[column[at]];
        float[] b1 = panel[column[at + 1]];
        float[] b2 = panel[column[at + 2]];
        float[] b3 = panel[column[at + 3]];
        // One index for all arrays is what the compiler turns into vector instructions; with eight arrays it gives up.
        for (int j = 0; j < width; j++) {
            into[j] = into[j] + v0 * b0[j] + v1 * b1[j] + v2 * b2[j] + v3 * b3[j];
        }
    }

    private static void addOne(float[] b, float v, float[] sums, int width) {
        for (int j = 0; j < width; j++) {
            sums[j] += v * b[j];
        }
    }

    /** Rows of their own: with offsets into one array the compiler could not tell that sums are not written to them. */
    private void reserve(int rows, int width) {
        if (panel.length < rows || (rows > 0 && panel[0].length < width)) {
            panel = new float[Math.max(rows, panel.length)][width];
        }
    }
}
