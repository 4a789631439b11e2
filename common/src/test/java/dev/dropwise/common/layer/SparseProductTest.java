package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparseProductTest {
    private static final float FILLER = 99;

    /** Normal numbers, of which {@code density} are not zero. */
    static float[] matrix(int rows, int columns, double density, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] matrix = new float[rows * columns];
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
        }
        return matrix;
    }

    /** Oracle: the product, each element summed over ascending k in single precision, zeros included. */
    private static float[] naive(float[] a, float[] b, int rows, int inner, int columns) {
        float[] c = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                for (int k = 0; k < inner; k++) {
                    c[i * columns + j] += a[i * inner + k] * b[k * columns + j];
                }
            }
        }
        return c;
    }

    private static float[] transpose(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                transposed[j * rows + i] = matrix[i * columns + j];
            }
        }
        return transposed;
    }

    private static SparseRows sparse(float[] matrix, int rows, int columns) {
        SparseRows sparse = new SparseRows();
        assertThat(sparse.take(FloatBuffer.wrap(matrix), rows, columns, 1)).isTrue();
        return sparse;
    }

    @ParameterizedTest(name = "{0} x {1} x {2}, {3} not zero")
    @CsvSource({
        "1, 1, 1, 1",
        "3, 5, 7, 0.5",
        "5, 70, 256, 0.2",
        "4, 64, 257, 0.3",
        "9, 130, 300, 0",
        "2, 17, 271, 1",
        "20, 100, 528, 0.1",
        "1, 3, 64, 0.9"
    })
    void shouldGiveTheBitsOfASumInOrderWhenTheDenseMatrixLiesEitherWay(
            int rows, int inner, int columns, double density) {
        float[] a = matrix(rows, inner, density, 1);
        float[] b = matrix(inner, columns, 1, 2);
        float[] expected = naive(a, b, rows, inner, columns);
        SparseProduct product = new SparseProduct();
        // What an earlier, larger product left behind must not show.
        product.multiply(
                sparse(matrix(30, 200, 1, 3), 30, 200),
                FloatBuffer.wrap(matrix(200, 600, 1, 4)),
                600,
                FloatBuffer.allocate(30 * 600));

        float[] plain = filled(rows * columns);
        product.multiply(sparse(a, rows, inner), FloatBuffer.wrap(b), columns, FloatBuffer.wrap(plain));
        float[] columnMajor = filled(rows * columns);
        product.multiplyColumnMajor(
                sparse(a, rows, inner),
                FloatBuffer.wrap(transpose(b, inner, columns)),
                columns,
                FloatBuffer.wrap(columnMajor));

        assertThat(plain).containsExactly(expected);
        assertThat(columnMajor).containsExactly(expected);
    }

    private static float[] filled(int length) {
        float[] values = new float[length];
        Arrays.fill(values, FILLER);
        return values;
    }

    @Test
    void shouldMultiplyTheTransposeWhenRowsWereTransposed() {
        float[] a = matrix(13, 40, 0.3, 1);
        float[] b = matrix(13, 90, 1, 2);
        SparseRows transposed = new SparseRows();
        transposed.takeTransposed(sparse(a, 13, 40));
        float[] c = filled(40 * 90);

        new SparseProduct().multiply(transposed, FloatBuffer.wrap(b), 90, FloatBuffer.wrap(c));

        assertThat(c).containsExactly(naive(transpose(a, 13, 40), b, 40, 13, 90));
    }

    @Test
    void shouldKeepEveryNumberButZerosWhenTakingRows() {
        float[] matrix = {0, -0f, Float.NaN, Float.MIN_VALUE, 0, 0, 0, 0, Float.NEGATIVE_INFINITY, 0, -1, 0};
        SparseRows rows = sparse(matrix, 3, 4);

        assertThat(new int[] {rows.start(0), rows.start(1), rows.start(2), rows.start(3)})
                .containsExactly(0, 2, 2, 4);
        assertThat(Arrays.copyOf(rows.column(), 4)).containsExactly(2, 3, 0, 2);
        assertThat(Arrays.copyOf(rows.value(), 4))
                .containsExactly(Float.NaN, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, -1);
    }

    @Test
    void shouldDeclineWhenMoreThanAllowedIsNotZero() {
        float[] half = matrix(40, 50, 0.5, 1);
        float[] denseAtTheEnd = matrix(40, 50, 0.1, 1);
        Arrays.fill(denseAtTheEnd, 20 * 50, 40 * 50, 1);
        float[] denseAtTheStart = matrix(40, 50, 0, 1);
        Arrays.fill(denseAtTheStart, 0, 15 * 50, 1);

        assertThat(new SparseRows().take(FloatBuffer.wrap(half), 40, 50, 0.45)).isFalse();
        assertThat(new SparseRows().take(FloatBuffer.wrap(half), 40, 50, 0.55)).isTrue();
        assertThat(new SparseRows().take(FloatBuffer.wrap(denseAtTheEnd), 40, 50, 0.4))
                .isFalse();
        assertThat(new SparseRows().take(FloatBuffer.wrap(denseAtTheStart), 40, 50, 0.4))
                .isFalse();
    }
}
