package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MaskFactorsTest {
    private static final int LENGTH = 100_000;
    private static final DropConnect NOISE = new DropConnect(0.3, DropConnect.Masks.EXAMPLE, 0, 1, 0);

    @Test
    void shouldBeTheWholeMaskWhenReadInStretchesInAnyOrder() {
        float[] expected = mask(7);
        MaskFactors factors = new MaskFactors(784);
        NOISE.select(7, factors);

        // Stretches cross rows of 1024 and groups of 32,768 parameters.
        for (int from : new int[] {0, 784, 1568, 32_000, 65_000, 99_216, 33_000, 1}) {
            float[] read = new float[784];
            factors.read(from, 784, read);
            for (int i = 0; i < 784; i++) {
                assertThat(read[i]).as("parameter %d", from + i).isEqualTo(expected[from + i]);
            }
        }
    }

    @Test
    void shouldBeAnotherMaskWhenAnotherIsSelected() {
        MaskFactors factors = new MaskFactors(1000);
        float[] read = new float[1000];
        NOISE.select(7, factors);
        factors.read(0, 1000, read);

        NOISE.select(8, factors);
        factors.read(0, 1000, read);

        assertThat(read).containsExactly(Arrays.copyOf(mask(8), 1000));
    }

    private static float[] mask(long key) {
        ParameterMask whole = new ParameterMask(LENGTH);
        NOISE.fill(key, whole);
        INDArray ones = Nd4j.ones(DataType.FLOAT, LENGTH);
        whole.apply(ones, ones);
        return ones.toFloatVector();
    }
}
