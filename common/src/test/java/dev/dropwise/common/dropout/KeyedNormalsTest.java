package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyedNormalsTest {
    private static final int CHUNK = KeyedNormals.CHUNK;

    @Test
    void shouldAgreeWithBoxAndMullerInDoublePrecisionWhenGivenTheSameWords() {
        int[] words = new int[CHUNK];
        new KeyedWords().fill(42, CHUNK, words);
        float[] numbers = new float[CHUNK];

        new KeyedNormals().fill(42, CHUNK, numbers);

        for (int i = 0; i < CHUNK / 2; i++) {
            double radius = Math.sqrt(-2 * Math.log(((words[i] >>> 1) | 1) * 0x1p-31));
            double angle = 2 * Math.PI * words[i + CHUNK / 2] * 0x1p-32;
            assertThat((double) numbers[i]).isCloseTo(radius * Math.cos(angle), within(2e-5));
            assertThat((double) numbers[i + CHUNK / 2]).isCloseTo(radius * Math.sin(angle), within(2e-5));
        }
    }

    @Test
    void shouldHaveTheMomentsAndTailsOfTheNormalDistributionWhenDrawnAMillionTimes() {
        KeyedNormals normals = new KeyedNormals();
        float[] chunk = new float[CHUNK];
        int chunks = 512;
        double count = (double) chunks * CHUNK;
        double[] moments = new double[4];
        int[] beyond = new int[4];
        for (int i = 0; i < chunks; i++) {
            normals.fill(7, i * CHUNK, chunk);
            for (float z : chunk) {
                for (int power = 1; power <= 4; power++) {
                    moments[power - 1] += Math.pow(z, power) / count;
                }
                for (int sigma = 1; sigma <= 3; sigma++) {
                    beyond[sigma] += Math.abs(z) > sigma ? 1 : 0;
                }
            }
        }

        // Standard errors from the moments 2, 4, 6 and 8 of the normal distribution: 1, 3, 15, 105.
        assertThat(moments[0]).isCloseTo(0, within(3 * Math.sqrt(1 / count)));
        assertThat(moments[1]).isCloseTo(1, within(3 * Math.sqrt(2 / count)));
        assertThat(moments[2]).isCloseTo(0, within(3 * Math.sqrt(15 / count)));
        assertThat(moments[3]).isCloseTo(3, within(3 * Math.sqrt(96 / count)));
        double[] tails = {1, 0.317310508, 0.045500264, 0.002699796};
        for (int sigma = 1; sigma <= 3; sigma++) {
            double error = Math.sqrt(tails[sigma] * (1 - tails[sigma]) / count);
            assertThat(beyond[sigma] / count).isCloseTo(tails[sigma], within(3 * error));
        }
    }

    @Test
    void shouldHaveTheseBitsWhenDrawnOnAnyMachine() {
        float[] chunk = new float[CHUNK];
        new KeyedNormals().fill(1, 0, chunk);

        assertThat(Arrays.hashCode(chunk)).isEqualTo(1_609_636_501);
    }
}
