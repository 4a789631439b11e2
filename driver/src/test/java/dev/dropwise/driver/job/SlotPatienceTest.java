package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SlotPatienceTest {
    private final SlotPatience patience = new SlotPatience(Duration.ofSeconds(60));

    @Test
    void shouldWaitForTheFirstSlotUntilTheDeadlineWhenNoneComes() {
        patience.begin(0, at(0));

        assertThat(patience.isOver(at(60))).isFalse();
        assertThat(patience.isOver(at(60.1))).isTrue();
    }

    @Test
    void shouldWaitFiveSecondsForAnotherWhenTheFirstCameFast() {
        patience.begin(0, at(0));
        patience.look(1, at(3));
        patience.look(2, at(4));

        assertThat(patience.isOver(at(9))).isFalse();
        assertThat(patience.isOver(at(9.1))).isTrue();
    }

    @Test
    void shouldWaitAsLongAsTheFirstTookWhenTheMachineIsSlow() {
        patience.begin(0, at(0));
        patience.look(1, at(30));

        assertThat(patience.isOver(at(60))).isFalse();
        assertThat(patience.isOver(at(60.1))).isTrue();
    }

    @Test
    void shouldWaitTenSecondsForAReplacementWhenExecutorsStartFast() {
        patience.begin(0, at(0));
        patience.look(2, at(3));
        patience.begin(1, at(100));

        assertThat(patience.isOver(at(110))).isFalse();
        assertThat(patience.isOver(at(110.1))).isTrue();
    }

    @Test
    void shouldWaitThreeTimesAsLongForAReplacementWhenExecutorsStartSlowly() {
        patience.begin(0, at(0));
        patience.look(2, at(20));
        patience.begin(2, at(100));
        patience.look(1, at(101));

        assertThat(patience.isOver(at(161))).isFalse();
        assertThat(patience.isOver(at(161.1))).isTrue();
    }

    private static long at(double seconds) {
        // Clocks may start anywhere, below zero as well.
        return Long.MAX_VALUE - Duration.ofDays(1).toNanos() + (long) (seconds * 1e9);
    }
}
