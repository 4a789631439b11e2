package dev.dropwise.worker.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GradientCheckTest {
    @Test
    void shouldFindNothingButRoundingWhenTheBackwardPassIsRight() {
        GradientCheck.Result result = new GradientCheck(0.8, 1).measure();

        // x + h is rounded to 1.8e-15, which is 9e-11 of 2h; a derivative that is wrong differs in the first digits.
        assertThat(result.relativeError()).isBetween(1e-14, 1e-9);
        // Five standard deviations of the binomial: 20 of 100, sigma 4.
        assertThat(result.kept()).isBetween(1, 40);
    }
}
