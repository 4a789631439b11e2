package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.LoopbackNetwork;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoopbackCollectivesTest {
    private static final int[] LENGTHS = {0, 1, 3, 7, 16, 17, 63, 64, 65, 1000, 4099};
    private static final int PAYLOAD_BYTES = 252;
    private static final long SEED = 7;

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void shouldEqualTheNaiveTreeSumBitForBitWhenRanksReduce(int worldSize) {
        // given
        LoopbackNetwork network = network(worldSize, Faults.none());

        // when
        List<Outcome<List<float[]>>> outcomes =
                Ranks.loopback(worldSize, network, Deadlines.standard(), LoopbackCollectivesTest::reduceAllLengths);

        // then
        for (Outcome<List<float[]>> each : outcomes) {
            for (int i = 0; i < LENGTHS.length; i++) {
                assertThat(each.orThrow().get(i)).isEqualTo(Vectors.treeSum(SEED, worldSize, LENGTHS[i]));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldStillEqualTheNaiveSumWhenFramesAreLateOrComeTwice(long seed) {
        for (Faults faults : List.of(Faults.delaying(seed, 0.2), Faults.duplicating(seed, 0.2))) {
            LoopbackNetwork network = network(4, faults);

            List<Outcome<List<float[]>>> outcomes =
                    Ranks.loopback(4, network, Deadlines.standard(), LoopbackCollectivesTest::reduceAllLengths);

            for (Outcome<List<float[]>> each : outcomes) {
                for (int i = 0; i < LENGTHS.length; i++) {
                    assertThat(each.orThrow().get(i)).isEqualTo(Vectors.treeSum(SEED, 4, LENGTHS[i]));
                }
            }
            assertThat(network.faultsInjected()).isGreaterThan(10);
        }
    }

    private static List<float[]> reduceAllLengths(int rank, Collectives collectives) {
        List<float[]> sums = new ArrayList<>();
        for (int length : LENGTHS) {
            UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED, rank, length));
            collectives.allReduce(vector, length, length);
            sums.add(Vectors.floats(vector));
        }
        return sums;
    }

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 3, 5})
    void shouldGiveAllRanksTheBytesOfTheRootWhenItBroadcasts(int worldSize) {
        int root = worldSize - 1;

        List<Outcome<String>> outcomes = Ranks.loopback(
                worldSize, network(worldSize, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    UnsafeBuffer bytes = new UnsafeBuffer(new byte[1001]);
                    bytes.setMemory(0, 1001, (byte) ('a' + rank));
                    collectives.broadcast(bytes, 1001, root, 1);
                    collectives.broadcast(bytes, 0, 0, 2);
                    return bytes.getStringWithoutLengthAscii(0, 1001);
                });

        for (Outcome<String> each : outcomes) {
            assertThat(each.orThrow())
                    .isEqualTo(String.valueOf((char) ('a' + root)).repeat(1001));
        }
    }

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 4})
    void shouldGiveAllRanksEveryRecordWhenTheyGather(int worldSize) {
        List<Outcome<List<String>>> outcomes = Ranks.loopback(
                worldSize, network(worldSize, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    // The record of rank 0 is empty, the others take several frames.
                    byte[] record = ("record" + rank).repeat(100 * rank).getBytes(StandardCharsets.UTF_8);
                    return collectives.allGather(record, 5).stream()
                            .map(each -> new String(each, StandardCharsets.UTF_8))
                            .toList();
                });

        for (Outcome<List<String>> each : outcomes) {
            for (int rank = 0; rank < worldSize; rank++) {
                assertThat(each.orThrow().get(rank)).isEqualTo(("record" + rank).repeat(100 * rank));
            }
        }
    }

    @Test
    void shouldLetNobodyPassTheBarrierBeforeAllHaveCome() {
        java.util.concurrent.atomic.AtomicInteger arrived = new java.util.concurrent.atomic.AtomicInteger();

        List<Outcome<Integer>> outcomes =
                Ranks.loopback(4, network(4, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    arrived.incrementAndGet();
                    collectives.barrier(1);
                    return arrived.get();
                });

        assertThat(outcomes).allSatisfy(each -> assertThat(each.orThrow()).isEqualTo(4));
    }

    @Test
    void shouldCountRoundsBytesAndTimeWhenRoundsAreDone() {
        List<Outcome<Totals>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    collectives.allReduce(Vectors.direct(new float[1024]), 1024, 1);
                    collectives.barrier(2);
                    return collectives.totals();
                });

        for (Outcome<Totals> each : outcomes) {
            // Half of 4096 bytes out to be summed, half out summed.
            assertThat(each.orThrow().bytes()).isEqualTo(4096);
            assertThat(each.orThrow().rounds()).isEqualTo(2);
            assertThat(each.orThrow().exchangeNs()).isPositive();
            assertThat(each.orThrow().waitNs()).isNotNegative();
        }
    }

    @Test
    void shouldNameBothCallsWhenRanksCallDifferentCollectives() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    try {
                        if (rank == 0) {
                            collectives.barrier(3);
                        } else {
                            collectives.allReduce(Vectors.direct(new float[64]), 64, 3);
                        }
                    } catch (RanksDisagreeException e) {
                        collectives.abort(e.toString());
                        throw e;
                    }
                    return 0;
                });

        assertThat(outcomes)
                .anySatisfy(each -> assertThat(each.failure())
                        .isInstanceOf(RanksDisagreeException.class)
                        .hasMessageContaining("do all ranks call the same collectives"));
    }

    @Test
    void shouldNameTheLengthsWhenRanksReduceDifferentOnes() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    try {
                        collectives.allReduce(Vectors.direct(new float[640]), rank == 0 ? 640 : 64, 3);
                    } catch (RanksDisagreeException e) {
                        collectives.abort(e.toString());
                        throw e;
                    }
                    return 0;
                });

        assertThat(outcomes)
                .anySatisfy(each -> assertThat(each.failure())
                        .hasMessageStartingWith("all-reduce step=3 phase=")
                        .hasMessageContaining("do all ranks reduce vectors of one length?"));
    }

    private static LoopbackNetwork network(int worldSize, Faults faults) {
        return new LoopbackNetwork(worldSize, PAYLOAD_BYTES, faults);
    }
}
