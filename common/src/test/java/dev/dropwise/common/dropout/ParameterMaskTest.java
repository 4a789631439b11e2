package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ParameterMaskTest {
    private static final long KEY = 4711;

    @ParameterizedTest
    @CsvSource({
        "1, 0.5",
        "1023, 0.5",
        "4096, 0.3",
        "4097, 0.5",
        "70000, 0.3",
        "70000, 0",
        "70000, 0.75",
        "32768, 0.99",
        "5000, 0.99999"
    })
    void shouldKeepThoseWhoseNumberIsBelowTheThresholdWhenDrawnAndDrawnAgain(int length, double dropProbability) {
        DropConnect noise = new DropConnect(dropProbability, DropConnect.Masks.BATCH, 0, 1, 0);
        ParameterMask mask = new ParameterMask(length);
        INDArray values = Nd4j.ones(DataType.FLOAT, length).cumsumi(0);
        INDArray singles = Nd4j.create(DataType.FLOAT, length);
        INDArray doubles = Nd4j.create(DataType.DOUBLE, length);
        noise.fill(KEY + 1, mask);

        noise.fill(KEY, mask);
        mask.apply(values, singles);
        mask.apply(values.castTo(DataType.DOUBLE), doubles);

        float[] expected = new float[length];
        byte[] bits = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++) {
            if (kept(i, dropProbability)) {
                expected[i] = i + 1;
                bits[i / 8] |= (byte) (1 << i % 8);
            }
        }
        assertThat(singles.toFloatVector()).isEqualTo(expected);
        assertThat(doubles.castTo(DataType.FLOAT).toFloatVector()).isEqualTo(expected);
        assertThat(mask.packedBits()).isEqualTo(bits);
    }

    @Test
    void shouldRefuseOtherLengthsWhenApplied() {
        ParameterMask mask = new ParameterMask(5);

        assertThatThrownBy(() -> mask.apply(Nd4j.ones(DataType.FLOAT, 5), Nd4j.ones(DataType.FLOAT, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mask of 5 parameters")
                .hasMessageContaining("found 5 and 4");
    }

    /** One parameter at a time: a number of 16 digits, each from a word of its own, below the rounded threshold. */
    private static boolean kept(int i, double dropProbability) {
        int[] word = new int[1];
        int number = 0;
        for (int digit = 0; digit < 16; digit++) {
            new KeyedWords().fill(KEY, (i / 32768 * 16 + digit) * 1024 + i % 1024, word);
            number = 2 * number + ((word[0] >>> (i % 32768 / 1024)) & 1);
        }
        return number < Math.round((1 - dropProbability) * 65536);
    }
}
