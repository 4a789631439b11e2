package dev.dropwise.worker.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingTest {
    private record Noted(Span span, long startNs, long endNs, long step, int detail) {}

    @Test
    void shouldGiveBackWhatWasNotedWhenThereIsRoom() {
        Recording recording = new Recording(4, 77);
        recording.add(Span.COMPUTE, 10, 20, 1L << 40, 3);
        recording.add(Span.WAIT, -5, Long.MAX_VALUE, 0, Timeline.NO_DETAIL);
        recording.compared(new ClockReading(1, 2, 3));

        RankTimeline taken = recording.taken(2, "host-c");

        assertThat(taken.source())
                .isEqualTo(new RankTimeline.Source(
                        2, "host-c", ProcessHandle.current().pid(), 77));
        assertThat(taken.clock()).containsExactly(new ClockReading(1, 2, 3));
        assertThat(taken.dropped()).isZero();
        assertThat(noted(taken))
                .containsExactly(
                        new Noted(Span.COMPUTE, 10, 20, 1L << 40, 3),
                        new Noted(Span.WAIT, -5, Long.MAX_VALUE, 0, Timeline.NO_DETAIL));
    }

    @Test
    void shouldKeepTheFirstAndTheLastAndCountTheRestWhenThereIsNoRoom() {
        Recording recording = new Recording(6, 0);
        for (int step = 0; step < 11; step++) {
            recording.add(Span.EXCHANGE, step, step + 1, step, Timeline.NO_DETAIL);
        }

        RankTimeline taken = recording.taken(0, "host");

        assertThat(noted(taken)).extracting(Noted::step).containsExactly(0L, 1L, 2L, 8L, 9L, 10L);
        assertThat(taken.first()).isEqualTo(3);
        assertThat(taken.dropped()).isEqualTo(5);
        assertThat(taken.size()).isEqualTo(6);
    }

    @Test
    void shouldStayWithinABoundOverAllRanksWhenThereAreMany() {
        for (int ranks : new int[] {1, 8, 64}) {
            Timeline recording = Recording.ofRank(ranks);
            for (int step = 0; step < 100_000; step++) {
                recording.add(Span.UPDATE, step, step, step, 0);
            }
            assertThat(recording.taken(0, "host").size()).isEqualTo(Math.min(65_536, 524_288 / ranks));
        }
    }

    @Test
    void shouldNoteNothingWhenOff() {
        Timeline off = Timeline.off();
        off.add(Span.COMPUTE, off.nowNs(), 1);
        off.compared(new ClockReading(1, 2, 3));

        assertThat(off.isOn()).isFalse();
        assertThat(off.nowNs()).isZero();
        assertThat(off.taken(1, "host")).isSameAs(RankTimeline.NONE);
        assertThat(off.taken(1, "host").isRecorded()).isFalse();
    }

    @Test
    void shouldFollowTheDriftBetweenTwoComparisonsWhenHostsClocksDiffer() {
        // given a clock that is 1000 behind rank 0's at its own 100, and 1040 at its own 500
        Recording recording = new Recording(2, 0);
        recording.compared(new ClockReading(100, 1_000, 5));
        recording.compared(new ClockReading(500, 1_040, 5));
        RankTimeline taken = recording.taken(1, "far");

        // then
        assertThat(taken.byClockOfRank0(50, taken)).isEqualTo(1_050);
        assertThat(taken.byClockOfRank0(100, taken)).isEqualTo(1_100);
        assertThat(taken.byClockOfRank0(300, taken)).isEqualTo(1_320);
        assertThat(taken.byClockOfRank0(500, taken)).isEqualTo(1_540);
        assertThat(taken.byClockOfRank0(600, taken)).isEqualTo(1_640);
    }

    @Test
    void shouldCompareWallClocksWhenRanksNeverMet() {
        RankTimeline zero = new Recording(2, 1_000).taken(0, "near");
        RankTimeline far = new Recording(2, 1_700).taken(1, "far");

        assertThat(far.byClockOfRank0(5, zero)).isEqualTo(705);
    }

    private static List<Noted> noted(RankTimeline timeline) {
        List<Noted> all = new ArrayList<>();
        timeline.forEach(
                (span, startNs, endNs, step, detail) -> all.add(new Noted(span, startNs, endNs, step, detail)));
        return all;
    }
}
