package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.driver.reproduce.Expectation.Above;
import dev.dropwise.driver.reproduce.Expectation.NotAbove;
import dev.dropwise.driver.reproduce.Expectation.Nothing;
import dev.dropwise.driver.reproduce.Expectation.Within;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExpectationTest {
    @Test
    void shouldHoldUpToTheToleranceOnEitherSideWhenAFigureIsPublished() {
        Within expectation = new Within(32, 1.5);

        assertThat(expectation.holds(sample(33.5))).isTrue();
        assertThat(expectation.holds(sample(30.5))).isTrue();
        assertThat(expectation.holds(sample(33.6))).isFalse();
        assertThat(expectation.holds(sample(30.4))).isFalse();
        assertThat(expectation.holds(sample(Double.NaN))).isFalse();
        // The mean decides, not the single seed.
        assertThat(expectation.holds(sample(30, 34))).isTrue();
    }

    @Test
    void shouldHoldForAnySmallerValueWhenTheFigureIsAnError() {
        NotAbove expectation = new NotAbove(1e-11, 9e-11);

        assertThat(expectation.holds(sample(0))).isTrue();
        assertThat(expectation.holds(sample(1e-10))).isTrue();
        assertThat(expectation.holds(sample(1.1e-10))).isFalse();
        assertThat(expectation.holds(sample(Double.NaN))).isFalse();
    }

    @Test
    void shouldHoldOnlyWhenTheWholeIntervalLiesAboveTheBound() {
        Above expectation = new Above(0);

        assertThat(expectation.holds(sample(1, 1.1, 0.9))).isTrue();
        assertThat(expectation.holds(sample(1, -1, 2))).isFalse();
    }

    @Test
    void shouldHoldAlwaysWhenNothingIsExpected() {
        assertThat(new Nothing().holds(sample(Double.NaN))).isTrue();
    }

    private static Sample sample(double... values) {
        return new Sample(Arrays.stream(values).boxed().toList());
    }
}
