package dev.dropwise.driver.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void shouldStartAtZeroWithRoundTicksWhenLinear() {
        Axis axis = Axis.fromZero(0.17, 0.41, Double.NaN);

        assertThat(labels(axis)).containsExactly("0.0", "0.1", "0.2", "0.3", "0.4", "0.5");
        assertThat(axis.position(0.25)).isEqualTo(0.5);
    }

    @Test
    void shouldCountThousandsWhenTicksAreLarge() {
        assertThat(labels(Axis.fromZero(41_000))).containsExactly("0", "10k", "20k", "30k", "40k", "50k");
    }

    @Test
    void shouldWriteWholeNumbersWhenTicksAreBelowThousandsApart() {
        assertThat(labels(Axis.fromZero(1_900))).containsExactly("0", "500", "1,000", "1,500", "2,000");
    }

    @Test
    void shouldCloseInOnTheValuesWhenTheyArePercentages() {
        assertThat(labels(Axis.ofPercentages(97.1, 98.4)))
                .containsExactly("96.5", "97.0", "97.5", "98.0", "98.5", "99.0");
    }

    @Test
    void shouldStayWithinPercentagesWhenTheValuesReachTheEnds() {
        Axis whole = Axis.ofPercentages(0, 100);
        Axis perfect = Axis.ofPercentages(100);

        assertThat(List.of(whole.low(), whole.high())).containsExactly(0.0, 100.0);
        assertThat(perfect.high()).isEqualTo(100);
        assertThat(perfect.low()).isLessThan(100);
    }

    @Test
    void shouldShowDecadesWhenLossesDifferByLargeFactors() {
        Axis axis = Axis.ofLosses(5_000, 0.2);

        assertThat(axis.logarithmic()).isTrue();
        assertThat(labels(axis)).containsExactly("0.1", "1", "10", "100", "1000", "10000");
        assertThat(axis.position(0.1)).isZero();
        assertThat(axis.position(10_000)).isEqualTo(1);
        assertThat(axis.position(1)).isCloseTo(0.2, offset(1e-12));
    }

    @Test
    void shouldBeLinearWhenALossIsZeroOrNegative() {
        assertThat(Axis.ofLosses(0, 1_000).logarithmic()).isFalse();
    }

    @Test
    void shouldHaveTicksWhenThereAreNoFiniteValues() {
        assertThat(Axis.fromZero().ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.fromZero(0, 0).high()).isPositive();
        assertThat(Axis.ofPercentages(Double.NaN).ticks()).hasSizeGreaterThan(1);
        assertThat(Axis.ofLosses(Double.NaN, Double.POSITIVE_INFINITY).ticks()).hasSizeGreaterThan(1);
    }

    @Test
    void shouldHoldAllValuesBetweenItsEndsWithFewTicksWhenValuesAreRandom() {
        long seed = 42;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            double scale = Math.pow(10, random.nextInt(19) - 9);
            double[] values = random.doubles(1 + random.nextInt(5))
                    .map(value -> value * scale)
                    .toArray();
            for (Axis axis : List.of(Axis.fromZero(values), Axis.ofLosses(values))) {
                String what = "seed " + seed + " round " + round + " values " + Arrays.toString(values) + " " + axis;
                assertThat(axis.ticks()).as(what).hasSizeBetween(2, 8).doesNotHaveDuplicates();
                assertThat(labels(axis)).as(what).doesNotHaveDuplicates();
                for (double value : values) {
                    assertThat(axis.position(value)).as(what).isBetween(-1e-9, 1 + 1e-9);
                }
            }
        }
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream().map(axis::label).toList();
    }
}
