package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.trace.ClockReading;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClockComparisonTest {
    @Test
    void shouldTakeTheMiddleOfTheTightestBoundsWhenClocksDiffer() {
        // given a clock 1000 behind rank 0's; here entering and leaving in turn, in rank 0's time:
        // round 0: here 10, 60; rank 0 enters at 50 and leaves at 90; round 1: here 200, 230; rank 0 at 195 and 212
        long[] own = {10 - 1000, 60 - 1000, 200 - 1000, 230 - 1000};
        long[] roots = {50, 90, 195, 212};

        ClockReading reading = ClockComparison.reading(own, roots);

        // then at least 50 - (60 - 1000) = 990, and at most 212 - (200 - 1000) = 1012
        assertThat(reading).isEqualTo(new ClockReading(10 - 1000, 1001, 11));
    }

    @Test
    void shouldFindNoMoreDifferenceThanItSaysWhenThereIsOneClock() {
        List<ClockReading> readings = RankThreads.all(3, collectives -> ClockComparison.withRank0(collectives, 0));

        assertThat(readings.get(0).offsetNs()).isZero();
        assertThat(readings.get(0).uncertaintyNs()).isZero();
        for (ClockReading each : readings.subList(1, 3)) {
            System.out.println(each);
            assertThat(Math.abs(each.offsetNs())).isLessThanOrEqualTo(each.uncertaintyNs());
            assertThat(each.uncertaintyNs()).isPositive();
        }
    }
}
