package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.ParameterMask;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Oracle: sums in double precision over whole masks, one example and parameter after the other. */
class MaskedProductsTest {
    private static final int EXAMPLES = 5;
    private static final long KEY = 4711;
    private static final DropConnect NOISE = new DropConnect(0.4, DropConnect.Masks.EXAMPLE, 0, 1, 0);

    // One input; an odd number; rows of 1024 as they are drawn, and across them; a unit of more than 32,768 weights.
    @ParameterizedTest
    @CsvSource({"1, 3, true", "37, 11, true", "37, 11, false", "1024, 70, true", "784, 100, true", "33000, 2, true"})
    void shouldBeSumsOverMaskedParametersWhenEachExampleHasAMask(int inputs, int units, boolean biased) {
        INDArray v = numbers(1, EXAMPLES, inputs);
        INDArray delta = numbers(2, EXAMPLES, units);
        delta.putScalar(1, 0, 0);
        INDArray parameters = numbers(3, 1, inputs * units + (biased ? units : 0));
        MaskedProducts products = new MaskedProducts(NOISE, inputs, units, biased);
        INDArray z = unknown(EXAMPLES, units);
        INDArray gradient = unknown(1, (int) parameters.length());
        INDArray inputGradient = unknown(EXAMPLES, inputs);

        products.of(KEY, parameters, v);
        products.preActivations(z);
        products.of(KEY, parameters, v);
        products.gradients(delta, gradient, inputGradient);

        double[][] expectedZ = new double[EXAMPLES][units];
        double[][] expectedGradient = new double[1][(int) parameters.length()];
        double[][] expectedBelow = new double[EXAMPLES][inputs];
        for (int e = 0; e < EXAMPLES; e++) {
            float[] kept = mask(DropConnect.keyOf(KEY, e), (int) parameters.length());
            for (int p = 0; p < kept.length; p++) {
                boolean bias = p >= inputs * units;
                int unit = bias ? p - inputs * units : p / inputs;
                double x = bias ? 1 : v.getFloat(e, p % inputs);
                double masked = kept[p] * (double) parameters.getFloat(p);
                expectedZ[e][unit] += masked * x;
                expectedGradient[0][p] += kept[p] * x * delta.getFloat(e, unit);
                if (!bias) {
                    expectedBelow[e][p % inputs] += masked * delta.getFloat(e, unit);
                }
            }
        }
        assertClose(z, expectedZ);
        assertClose(gradient, expectedGradient);
        assertClose(inputGradient, expectedBelow);
    }

    @ParameterizedTest
    @CsvSource({"37, 11", "784, 100"})
    void shouldGiveTheSameGradientWhenNobodyNeedsThatOfTheInput(int inputs, int units) {
        INDArray v = numbers(1, EXAMPLES, inputs);
        INDArray delta = numbers(2, EXAMPLES, units);
        INDArray parameters = numbers(3, 1, inputs * units + units);
        MaskedProducts products = new MaskedProducts(NOISE, inputs, units, true);
        INDArray whole = unknown(1, (int) parameters.length());
        INDArray lowest = unknown(1, (int) parameters.length());
        products.of(KEY, parameters, v.dup('f'));

        products.gradients(delta.dup('f'), lowest, null);
        products.gradients(delta, whole, unknown(EXAMPLES, inputs));

        assertThat(lowest.toFloatVector()).isEqualTo(whole.toFloatVector());
    }

    private static float[] mask(long key, int length) {
        ParameterMask whole = new ParameterMask(length);
        NOISE.fill(key, whole);
        INDArray ones = Nd4j.ones(DataType.FLOAT, length);
        whole.apply(ones, ones);
        return ones.toFloatVector();
    }

    private static void assertClose(INDArray found, double[][] expected) {
        INDArray exact = Nd4j.createFromArray(expected);
        assertThat(exact.norm2Number().doubleValue()).isPositive();
        assertThat(found.castTo(DataType.DOUBLE).distance2(exact)
                        / exact.norm2Number().doubleValue())
                .isLessThan(1e-6);
    }

    private static INDArray unknown(int rows, int columns) {
        return Nd4j.valueArrayOf(new long[] {rows, columns}, Double.NaN, DataType.FLOAT);
    }

    private static INDArray numbers(long seed, int rows, int columns) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] numbers = new float[rows * columns];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return Nd4j.createFromArray(numbers).reshape(rows, columns);
    }
}
