package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.layer.Gemm.Operand;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Oracle: the dense products of OpenBLAS. */
class SparseAffineTest {
    private static final int BATCH = 64;
    private static final int INPUTS = 300;
    private static final int UNITS = 200;
    private static final double ROUNDING = 1e-5;

    private final SparseAffine sparse = new SparseAffine();
    private final INDArray weights = matrix(INPUTS, UNITS, 1, 'f');

    private static INDArray matrix(int rows, int columns, double density, char order) {
        SplittableRandom random = new SplittableRandom(rows * 31L + columns);
        INDArray matrix = Nd4j.create(DataType.FLOAT, new long[] {rows, columns}, order);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix.putScalar(i, j, random.nextDouble() < density ? random.nextGaussian() : 0);
            }
        }
        return matrix;
    }

    private static INDArray empty(int rows, int columns, char order) {
        return Nd4j.valueArrayOf(new long[] {rows, columns}, Double.NaN, DataType.FLOAT)
                .dup(order);
    }

    private static INDArray dense(Operand a, Operand b, char order) {
        INDArray c = empty((int) a.rows(), (int) b.columns(), order);
        Gemm.multiply(a, b, c);
        return c;
    }

    private static void assertClose(INDArray found, INDArray expected) {
        assertThat(expected.norm2Number().doubleValue()).isPositive();
        assertThat(found.distance2(expected) / expected.norm2Number().doubleValue())
                .isLessThan(ROUNDING);
    }

    @Test
    void shouldAgreeWithDenseProductsWhenOperandsAreMostlyZero() {
        INDArray input = matrix(BATCH, INPUTS, 0.1, 'c');
        INDArray delta = matrix(BATCH, UNITS, 0.15, 'c');
        INDArray z = empty(BATCH, UNITS, 'c');
        INDArray weightGradient = empty(INPUTS, UNITS, 'f');
        INDArray inputGradient = empty(BATCH, INPUTS, 'c');

        assertThat(sparse.product(input, weights, z)).isTrue();
        assertThat(sparse.weightGradient(input, delta, weightGradient)).isTrue();
        assertThat(sparse.inputGradient(delta, weights, inputGradient)).isTrue();

        assertClose(z, dense(Operand.plain(input), Operand.plain(weights), 'c'));
        assertClose(weightGradient, dense(Operand.transposed(input), Operand.plain(delta), 'f'));
        assertClose(inputGradient, dense(Operand.plain(delta), Operand.transposed(weights), 'c'));
    }

    @Test
    void shouldLeaveTheTargetAloneWhenOperandsAreDense() {
        INDArray input = matrix(BATCH, INPUTS, 0.9, 'c');
        INDArray delta = matrix(BATCH, UNITS, 0.9, 'c');
        INDArray z = empty(BATCH, UNITS, 'c');
        INDArray weightGradient = empty(INPUTS, UNITS, 'f');
        INDArray inputGradient = empty(BATCH, INPUTS, 'c');

        assertThat(sparse.product(input, weights, z)).isFalse();
        assertThat(sparse.weightGradient(input, delta, weightGradient)).isFalse();
        assertThat(sparse.inputGradient(delta, weights, inputGradient)).isFalse();

        for (INDArray target : new INDArray[] {z, weightGradient, inputGradient}) {
            assertThat(target.isNaN().all()).isTrue();
        }
    }

    @Test
    void shouldDeclineWhenPrecisionLayoutOrSizeAreOthers() {
        INDArray input = matrix(BATCH, INPUTS, 0.1, 'c');
        INDArray z = empty(BATCH, UNITS, 'c');

        assertThat(sparse.product(input.castTo(DataType.DOUBLE), weights.castTo(DataType.DOUBLE), z))
                .as("double precision")
                .isFalse();
        assertThat(sparse.product(input.dup('f'), weights, z)).as("columns").isFalse();
        assertThat(sparse.product(input, weights.dup('c'), z))
                .as("rows of weights")
                .isFalse();
        assertThat(sparse.product(matrix(4, INPUTS, 0, 'c'), weights, empty(4, UNITS, 'c')))
                .as("few multiplications")
                .isFalse();
        assertThat(sparse.product(matrix(BATCH, 2000, 0, 'c'), matrix(2000, 10, 1, 'f'), empty(BATCH, 10, 'c')))
                .as("few columns")
                .isFalse();
    }
}
