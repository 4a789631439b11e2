package dev.dropwise.worker.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DropoutStatisticsTest {
    @Test
    void shouldKeepTheMeanAndDropTheFractionWhenTrainingAndChangeNothingWhenEvaluating() {
        DropoutStatistics.Result result = new DropoutStatistics(0.6, 3).measure();

        // Five standard errors of 250,000 samples: 1 / 500, and of the masked sum sqrt(101 / 0.4 - 100) / 500.
        assertThat(result.inputMean()).isCloseTo(10, within(5 * 0.002));
        assertThat(result.trainMean()).isCloseTo(10, within(5 * 0.0247)).isNotEqualTo(result.inputMean());
        assertThat(result.trainZeros()).isCloseTo(0.6, within(5 * 0.00098));
        assertThat(result.testMean()).isEqualTo(result.inputMean());
        assertThat(result.testZeros()).isZero();
    }

    @Test
    void shouldRepeatItselfWhenTheSeedIsTheSame() {
        DropoutStatistics.Result result = new DropoutStatistics(0.3, 3).measure();

        assertThat(new DropoutStatistics(0.3, 3).measure()).isEqualTo(result);
        assertThat(new DropoutStatistics(0.3, 4).measure()).isNotEqualTo(result);
    }
}
