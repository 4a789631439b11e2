package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.trace.Recording;
import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

class StopwatchTest {
    private static final int OWN = 0;
    private static final int PEER = 1;

    @Test
    void shouldCountTheTimeUntilThePeerIsHeardAsWaiting() {
        Stopwatch watch = new Stopwatch(OWN, 2);

        watch.start(new AwaitsEverybody());
        watch.onSent();
        watch.onIdle();
        long sentNs = System.nanoTime();
        long heardNs = later(sentNs);
        watch.onFrame(PEER, true);
        watch.stop(0, 0);

        assertThat(watch.waitNs()).isGreaterThanOrEqualTo(heardNs - sentNs);
    }

    @Test
    void shouldSayThatItWaitedForThePeerThatWasHeardLast() {
        Stopwatch watch = new Stopwatch(OWN, 3);

        watch.start(new AwaitsEverybody());
        watch.onSent();
        watch.onIdle();
        later(System.nanoTime());
        watch.onFrame(2, true);
        later(System.nanoTime());
        watch.onFrame(PEER, true);
        watch.onFrame(2, true);
        watch.stop(0, 0);

        assertThat(watch.waitNs()).isPositive();
        assertThat(watch.waitedForNs(PEER)).isEqualTo(watch.waitNs());
        assertThat(watch.waitedForNs(2)).isZero();
        assertThat(watch.waitedForNs(OWN)).isZero();
    }

    @Test
    void shouldWaitForAPeerThatStillComputesWhenItHasSentSomeOfItsFrames() {
        Stopwatch watch = new Stopwatch(OWN, 2);

        watch.start(new AwaitsEverybody());
        watch.onSent();
        watch.onFrame(PEER, false);
        watch.onIdle();
        long firstNs = System.nanoTime();
        long lastNs = later(firstNs);
        watch.onFrame(PEER, true);
        watch.stop(0, 0);

        assertThat(watch.waitNs()).isGreaterThanOrEqualTo(lastNs - firstNs);
        assertThat(watch.waitedForNs(PEER)).isEqualTo(watch.waitNs());
    }

    @Test
    void shouldCountWhatIsExchangedInAdvanceAsExchangeWithoutItsUpdates() {
        Stopwatch watch = new Stopwatch(OWN, 2);
        long updateNs = 10_000;

        long beforeNs = System.nanoTime();
        watch.enter(0);
        long enteredNs = System.nanoTime();
        while (System.nanoTime() - enteredNs < 5 * updateNs) {
            Thread.onSpinWait();
        }
        watch.onFrame(PEER, true);
        watch.leave(3, updateNs, true);
        long afterNs = System.nanoTime();

        assertThat(watch.exchangeNs()).isBetween(4 * updateNs, afterNs - beforeNs - updateNs);
        assertThat(watch.waitNs()).isZero();
        assertThat(watch.rounds()).isZero();
    }

    @Test
    void shouldNotCountSendingAndTakingAsWaitingWhileAPeerHasNotBeenHeard() {
        Stopwatch watch = new Stopwatch(OWN, 2);

        watch.start(new AwaitsEverybody());
        watch.onSent();
        long sentNs = System.nanoTime();
        long busyNs = later(sentNs) - sentNs;
        watch.onFrame(PEER, false);
        watch.onIdle();
        watch.onFrame(PEER, true);
        watch.stop(0, 0);

        assertThat(watch.exchangeNs()).isGreaterThanOrEqualTo(busyNs);
        assertThat(watch.waitNs()).isPositive();
    }

    @Test
    void shouldCountUpdatesNeitherAsExchangeNorAsWaitingAndNoteThemInsideOfTheExchange() {
        Stopwatch watch = new Stopwatch(OWN, 2);
        Recording recording = Recording.ofRank(2);
        watch.noteIn(recording);
        long beforeNs = System.nanoTime();

        watch.start(new AwaitsEverybody());
        watch.onSent();
        watch.onIdle();
        later(System.nanoTime());
        watch.onFrame(PEER, true);
        long updateNs = 10_000;
        long heardNs = System.nanoTime();
        while (System.nanoTime() - heardNs < updateNs) {
            Thread.onSpinWait();
        }
        watch.stop(7, updateNs);

        long afterNs = System.nanoTime();
        assertThat(watch.exchangeNs() + watch.waitNs() + updateNs).isLessThanOrEqualTo(afterNs - beforeNs);
        assertThat(watch.exchangeNs()).isPositive();
        List<String> noted = new ArrayList<>();
        List<Long> bounds = new ArrayList<>();
        recording.taken(OWN, "host").forEach((span, startNs, endNs, step, detail) -> {
            noted.add(span + " " + step);
            bounds.add(startNs);
            bounds.add(endNs);
        });
        assertThat(noted).containsExactly("WAIT 7", "UPDATE 7", "EXCHANGE 7");
        assertThat(bounds.get(1)).as("the wait's end").isLessThanOrEqualTo(bounds.get(2));
        assertThat(bounds.get(3) - bounds.get(2)).isEqualTo(updateNs);
        assertThat(bounds.get(3)).isEqualTo(bounds.get(5));
    }

    private static long later(long thanNs) {
        long nowNs = System.nanoTime();
        while (nowNs - thanNs < 1_000) {
            nowNs = System.nanoTime();
        }
        return nowNs;
    }

    /** As an all-reduce of three floats or more does, its own rank included. */
    private static final class AwaitsEverybody implements Collective {
        @Override
        public int send() {
            return 0;
        }

        @Override
        public boolean has(FrameKind kind) {
            return true;
        }

        @Override
        public void onFrame(int peer, FrameHeader header, DirectBuffer buffer, int payloadOffset) {}

        @Override
        public boolean isDone() {
            return false;
        }

        @Override
        public boolean awaits(int peer) {
            return true;
        }

        @Override
        public boolean owes(int peer) {
            return false;
        }

        @Override
        public FrameKind phase() {
            return FrameKind.RECORD;
        }

        @Override
        public void end() {}
    }
}
