package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.LoopbackNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WhoWaitedTest {
    private static final int RANKS = 3;
    private static final int SLOW = 2;
    private static final int ROUNDS = 10;
    private static final long SLOWER_BY_NS = 20_000_000;

    @Test
    void shouldNameTheSlowRankWhenOthersWaitForIt() {
        LoopbackNetwork network = new LoopbackNetwork(RANKS, 4_000, Faults.none());

        List<long[]> waited = Ranks.loopback(RANKS, network, Deadlines.standard(), WhoWaitedTest::reduceSlowly).stream()
                .map(Ranks.Outcome::orThrow)
                .toList();

        for (int rank = 0; rank < SLOW; rank++) {
            long all = LongStream.of(waited.get(rank)).sum();
            System.out.printf("rank %d waited %s ns%n", rank, Arrays.toString(waited.get(rank)));
            assertThat(waited.get(rank)[SLOW]).isGreaterThan(ROUNDS * SLOWER_BY_NS / 2);
            assertThat((double) waited.get(rank)[SLOW]).isGreaterThan(0.7 * all);
            assertThat(waited.get(rank)[rank]).isZero();
        }
        assertThat(LongStream.of(waited.get(SLOW)).sum()).isLessThan(waited.get(0)[SLOW] / 2);
    }

    /** What this rank waited for each, in nanoseconds. */
    private static long[] reduceSlowly(int rank, Collectives collectives) {
        UnsafeBuffer vector = new UnsafeBuffer(new byte[4_000]);
        for (int round = 0; round < ROUNDS; round++) {
            long untilNs = System.nanoTime() + (rank == SLOW ? SLOWER_BY_NS : 0);
            while (System.nanoTime() - untilNs < 0) {
                Thread.onSpinWait();
            }
            collectives.allReduce(vector, 1_000, round);
        }
        assertThat(LongStream.range(0, RANKS)
                        .map(peer -> collectives.waitedForNs((int) peer))
                        .sum())
                .isEqualTo(collectives.totals().waitNs());
        return LongStream.range(0, RANKS)
                .map(peer -> collectives.waitedForNs((int) peer))
                .toArray();
    }
}
