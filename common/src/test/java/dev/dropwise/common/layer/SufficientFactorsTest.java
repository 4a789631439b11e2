package dev.dropwise.common.layer;

import static dev.dropwise.common.layer.SparseProductTest.matrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Oracle: the product, each element summed over examples in their order, in single precision, zeros included. */
class SufficientFactorsTest {
    private static final int FIRST = 1000;

    /** Column-major, a column a unit. */
    private static float[] naive(float[] inputs, float[] deltas, int examples) {
        int width = inputs.length / examples;
        int units = deltas.length / examples;
        float[] gradient = new float[width * units];
        for (int unit = 0; unit < units; unit++) {
            for (int input = 0; input < width; input++) {
                for (int example = 0; example < examples; example++) {
                    gradient[unit * width + input] += deltas[example * units + unit] * inputs[example * width + input];
                }
            }
        }
        return gradient;
    }

    private static float[] values(SufficientFactors factors, int from, int count) {
        float[] values = new float[count];
        factors.values(from, count, FloatBuffer.wrap(values));
        return values;
    }

    @ParameterizedTest(name = "{0} examples, {1} inputs, {2} units, {3} and {4} of them not zero")
    @CsvSource({
        "1, 1, 1, 1, 1",
        "3, 5, 7, 0.5, 0.5",
        "64, 63, 65, 0.1, 0.2",
        "65, 64, 10, 0.3, 0",
        "128, 300, 20, 0, 0.1",
        "7, 130, 9, 1, 1"
    })
    void shouldTellEveryRangeBitForBitWhereTheyWereTakenAndWhereTheyWereRead(
            int examples, int inputs, int units, double inputDensity, double deltaDensity) {
        // given
        float[] input = matrix(examples, inputs, inputDensity, 1);
        float[] delta = matrix(examples, units, deltaDensity, 2);
        float[] expected = naive(input, delta, examples);
        SufficientFactors taken = SufficientFactors.of(FIRST, input, delta, examples);
        SufficientFactors read = new SufficientFactors();
        FactorMessage message = new FactorMessage();
        SplittableRandom random = new SplittableRandom(3);

        for (int i = 0; i < 50; i++) {
            // when
            int from = random.nextInt(expected.length);
            int end = from + 1 + random.nextInt(expected.length - from);
            message.write(taken, FIRST + from, FIRST + end);
            message.read(read);

            // then
            float[] wanted = Arrays.copyOfRange(expected, from, end);
            assertThat(values(taken, FIRST + from, end - from)).isEqualTo(wanted);
            assertThat(values(read, FIRST + from, end - from)).isEqualTo(wanted);
            assertThat(read.from()).isEqualTo(FIRST + from / inputs * inputs);
            assertThat(read.end()).isEqualTo(FIRST + ((end - 1) / inputs + 1) * inputs);
        }
        assertThat(taken.from()).isEqualTo(FIRST);
        assertThat(taken.end()).isEqualTo(FIRST + expected.length);
    }

    @Test
    void shouldBeATwentiethOfTheGradientWhenOneInTenIsNotZero() {
        SufficientFactors factors = SufficientFactors.of(0, matrix(128, 1024, 0.1, 1), matrix(128, 1024, 0.1, 2), 128);

        FactorMessage message = new FactorMessage();
        message.write(factors, 0, 1024 * 1024);
        int whole = message.length();

        // Two matrices, of each a bit an element and four bytes for one in ten.
        assertThat(whole).isBetween(128 * 1024 * 2 / 8 + 100_000, 128 * 1024 * 2 / 8 + 110_000);
        assertThat(4 * 1024 * 1024 / whole).isGreaterThan(20);
        assertThat(FactorMessage.lengths(factors, 1)).isEqualTo(whole);
        message.write(factors, 0, 512 * 1024);
        int half = message.length();
        message.write(factors, 512 * 1024, 1024 * 1024);
        assertThat(FactorMessage.lengths(factors, 2)).isEqualTo(half + message.length());
    }

    @Test
    void shouldForgetWhatTheyWereWhenOthersAreRead() {
        FactorMessage message = new FactorMessage();
        SufficientFactors read = new SufficientFactors();
        for (int size : new int[] {40, 3, 70}) {
            float[] input = matrix(size, 2 * size, 0.5, size);
            float[] delta = matrix(size, 3 * size, 0.5, size + 1L);
            message.write(SufficientFactors.of(FIRST, input, delta, size), FIRST, FIRST + 6 * size * size);
            message.read(read);

            assertThat(values(read, FIRST, 6 * size * size)).isEqualTo(naive(input, delta, size));
        }
    }

    @Test
    void shouldRefuseWhenElementsAreAskedThatTheyDoNotTell() {
        SufficientFactors factors = SufficientFactors.of(FIRST, new float[4], new float[6], 2);

        for (int[] range : new int[][] {{FIRST - 1, 2}, {FIRST, 7}, {FIRST + 6, 1}}) {
            assertThatThrownBy(() -> values(factors, range[0], range[1]))
                    .as(Arrays.toString(range))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("factors of 1000 to 1006");
        }
    }

    @Test
    void shouldRefuseAMessageWhenItsPartsDoNotFit() {
        FactorMessage message = new FactorMessage();
        SufficientFactors factors = SufficientFactors.of(FIRST, matrix(5, 9, 1, 1), matrix(5, 4, 1, 2), 5);
        message.write(factors, FIRST, FIRST + 36);
        ByteBuffer bytes = message.bytes();
        int length = message.length();

        for (int[] change :
                new int[][] {{0, length - 4}, {0, length + 4}, {12, 0}, {12, 5}, {16, -9}, {16, 1 << 30}, {20, 6}}) {
            int before = bytes.getInt(change[0]);
            bytes.putInt(change[0], change[1]);

            assertThatIllegalArgumentException()
                    .as(Arrays.toString(change))
                    .isThrownBy(() -> message.read(new SufficientFactors()))
                    .withMessageContaining("factors: expected");

            bytes.putInt(change[0], before);
        }
        // A bit that is set once more tells of an element that is not there.
        bytes.putLong(24, bytes.getLong(24) & -2);
        assertThatIllegalArgumentException().isThrownBy(() -> message.read(new SufficientFactors()));
        assertThatIllegalArgumentException().isThrownBy(() -> message.reserve(23));
        assertThatIllegalArgumentException().isThrownBy(() -> message.reserve(-4));
    }

    @Test
    void shouldStayWithinItsMemoryWhenAnyWordOfAMessageIsAnother() {
        SplittableRandom random = new SplittableRandom(4);
        SufficientFactors factors = SufficientFactors.of(FIRST, matrix(9, 70, 0.3, 1), matrix(9, 40, 0.3, 2), 9);
        SufficientFactors read = new SufficientFactors();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            FactorMessage message = new FactorMessage();
            message.write(factors, FIRST, FIRST + 2800);
            int at = 4 * random.nextInt(message.length() / 4);
            message.bytes().putInt(at, random.nextBoolean() ? random.nextInt() : random.nextInt(200));
            try {
                message.read(read);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }

        // Nothing but that exception; whatever passed is a message of the right form with other numbers.
        assertThat(refused).isBetween(1000, 19_000);
    }
}
