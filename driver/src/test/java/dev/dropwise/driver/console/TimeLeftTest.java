package dev.dropwise.driver.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeLeftTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @Test
    void shouldNotGuessWhenNothingHasMoved() {
        TimeLeft left = new TimeLeft(10);

        assertThat(left.text(0, 0)).isEqualTo("-:--");
        left.restart(3, 0);
        assertThat(left.text(3, 5 * SECOND_NS)).isEqualTo("-:--");
    }

    @Test
    void shouldCountFromTheFirstStepWhenSteppingBegan() {
        TimeLeft left = new TimeLeft(10);
        left.restart(0, 0);

        left.reached(0.5, 100 * SECOND_NS);
        left.reached(1.5, 110 * SECOND_NS);

        assertThat(left.text(1.5, 110 * SECOND_NS)).isEqualTo("1:25");
    }

    @Test
    void shouldShowHoursWhenItTakesThatLong() {
        TimeLeft left = new TimeLeft(101);
        left.restart(0, 0);

        assertThat(left.text(1, 100 * SECOND_NS)).isEqualTo("2:46:40");
    }

    @Test
    void shouldBeZeroWhenTheRunIsAtItsEnd() {
        TimeLeft left = new TimeLeft(2);
        left.restart(0, 0);

        assertThat(left.text(2, 100 * SECOND_NS)).isEqualTo("0:00");
    }
}
