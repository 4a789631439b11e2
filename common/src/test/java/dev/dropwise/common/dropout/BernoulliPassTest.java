package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every element against a plain loop, bit for bit; blocks have 2,048 elements. */
class BernoulliPassTest {
    private static final long KEY = 0x1234_5678_9abcL;
    private static final double DROP = 0.3;
    private static final double KEPT = 1 / 0.7;
    private static final double CENTRE = -1.75;
    private static final double OFFSET = 0.3;

    private final BernoulliPass pass = new BernoulliPass(DROP, KEPT);

    @ParameterizedTest
    @ValueSource(ints = {1, 2047, 2048, 2049, 5000})
    void shouldMultiplyEachElementByTheFactorOfItsPositionWhenInSinglePrecision(int length) {
        float[] values = normal(length);
        INDArray result = Nd4j.create(DataType.FLOAT, length);

        pass.apply(KEY, Nd4j.createFromArray(values), CENTRE, OFFSET, result);

        float[] expected = new float[length];
        for (int i = 0; i < length; i++) {
            float factor = keeps(i) ? (float) KEPT : 0;
            expected[i] = (values[i] - (float) CENTRE) * factor + (float) OFFSET;
        }
        assertThat(result.toFloatVector()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2047, 2048, 2049, 5000})
    void shouldMultiplyEachElementByTheFactorOfItsPositionWhenInDoublePrecision(int length) {
        float[] values = normal(length);
        INDArray result = Nd4j.create(DataType.DOUBLE, length);

        pass.apply(KEY, Nd4j.createFromArray(values).castTo(DataType.DOUBLE), CENTRE, OFFSET, result);

        double[] expected = new double[length];
        for (int i = 0; i < length; i++) {
            double factor = keeps(i) ? KEPT : 0;
            expected[i] = (values[i] - CENTRE) * factor + OFFSET;
        }
        assertThat(result.toDoubleVector()).isEqualTo(expected);
    }

    @Test
    void shouldDrawTheMaskOfBernoulliMaskWhenTheKeyIsTheSame() {
        INDArray mask = new BernoulliMask().draw(KEY, DROP, KEPT, DataType.FLOAT, 7, 1000);
        INDArray ones = Nd4j.ones(DataType.FLOAT, 7, 1000);

        pass.apply(KEY, ones, 0, 0, ones);

        assertThat(ones).isEqualTo(mask);
    }

    @Test
    void shouldKeepAllWhenTheDropProbabilityIsZero() {
        INDArray ones = Nd4j.ones(DataType.FLOAT, 3000);

        new BernoulliPass(0, 1).apply(KEY, ones, 0, 0, ones);

        assertThat(ones).isEqualTo(Nd4j.ones(DataType.FLOAT, 3000));
    }

    /** By the definition: word i of the key, as a fraction of 2^31, is below 1 - p. */
    private static boolean keeps(int index) {
        int[] word = new int[1];
        new KeyedWords().fill(KEY, index, word);
        return (word[0] >>> 1) / 0x1p31 < 1 - DROP;
    }

    private static float[] normal(int length) {
        Random random = new Random(length);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
