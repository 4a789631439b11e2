package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
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
        long sentNs = System.nanoTime();
        long heardNs = later(sentNs);
        watch.onHeard(PEER);
        watch.stop(0);

        assertThat(watch.waitNs()).isGreaterThanOrEqualTo(heardNs - sentNs);
    }

    @Test
    void shouldCountNoWaitingWhileAPeerHasNotBeenHeard() {
        Stopwatch watch = new Stopwatch(OWN, 3);

        watch.start(new AwaitsEverybody());
        watch.onSent();
        later(System.nanoTime());
        watch.onHeard(PEER);
        watch.stop(0);

        assertThat(watch.waitNs()).isZero();
        assertThat(watch.exchangeNs()).isPositive();
    }

    @Test
    void shouldSayThatItWaitedForThePeerThatWasHeardLast() {
        Stopwatch watch = new Stopwatch(OWN, 3);

        watch.start(new AwaitsEverybody());
        watch.onSent();
        later(System.nanoTime());
        watch.onHeard(2);
        later(System.nanoTime());
        watch.onHeard(PEER);
        watch.onHeard(2);
        watch.stop(0);

        assertThat(watch.waitNs()).isPositive();
        assertThat(watch.waitedForNs(PEER)).isEqualTo(watch.waitNs());
        assertThat(watch.waitedForNs(2)).isZero();
        assertThat(watch.waitedForNs(OWN)).isZero();
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
