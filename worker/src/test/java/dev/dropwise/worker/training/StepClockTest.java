package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.progress.EpochReport.Seconds;
import org.junit.jupiter.api.Test;

class StepClockTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldAddUpAndTakeMediansWhenStepsWereTimed() {
        StepClock clock = new StepClock(3);
        clock.step(30 * MS, 5 * MS, 0);
        clock.step(10 * MS, 900 * MS, 2 * MS);
        clock.step(20 * MS, 4 * MS, 1 * MS);

        assertThat(clock.totals(7 * MS)).isEqualTo(new Seconds(0.06, 0.909, 0.003, 0.007));
        assertThat(clock.medians()).isEqualTo(new Seconds(0.02, 0.005, 0.001, 0));
    }

    @Test
    void shouldSayZeroWhenNoStepWasTimed() {
        StepClock clock = new StepClock(3);

        assertThat(clock.totals(0)).isEqualTo(new Seconds(0, 0, 0, 0));
        assertThat(clock.medians()).isEqualTo(new Seconds(0, 0, 0, 0));
    }
}
