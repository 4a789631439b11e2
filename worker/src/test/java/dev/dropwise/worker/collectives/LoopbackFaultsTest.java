package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.transport.BrokenFrameException;
import dev.dropwise.worker.transport.DroppedFrames.Reason;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.LoopbackNetwork;
import java.time.Duration;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LoopbackFaultsTest {
    private static final int PAYLOAD_BYTES = 256;
    private static final int FLOATS = 2000;
    private static final int STEPS = 50;
    private static final Deadlines SHORT = Deadlines.standard().withStep(Duration.ofMillis(300));

    @ParameterizedTest(name = "at {0}")
    @EnumSource(
            value = FrameKind.class,
            names = {"REDUCE_SCATTER", "ALL_GATHER"})
    void shouldNameTheKilledRankWhenItDiesInAnAllReduce(FrameKind at) {
        // given
        LoopbackNetwork network = network(Faults.striking(Faults.Effect.KILL, 2, at));

        // when
        List<Outcome<Integer>> outcomes = reduce(network, Deadlines.standard());

        // then
        assertThat(network.faultsInjected()).isEqualTo(1);
        assertThat(outcomes.get(2).failure()).isInstanceOf(LoopbackNetwork.Killed.class);
        for (int rank : new int[] {0, 1, 3}) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOfSatisfying(
                            PeerLostException.class,
                            e -> assertThat(e.category()).isEqualTo(DropwiseException.Category.RETRYABLE))
                    .hasMessageContaining("all-reduce step=0 phase=")
                    .hasMessageContaining("rank 2 (host2 pid 102)");
        }
    }

    @Test
    void shouldNameTheSilentRankAndForHowLongWhenItIsFrozen() {
        // given
        LoopbackNetwork network = network(Faults.striking(Faults.Effect.FREEZE, 1, FrameKind.REDUCE_SCATTER));

        // when
        List<Outcome<Integer>> outcomes = Ranks.loopback(4, network, SHORT, (rank, collectives) -> {
            try {
                collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 120);
                return 0;
            } catch (PeerLostException e) {
                network.thaw();
                throw e;
            }
        });

        // then
        assertThat(network.faultsInjected()).isEqualTo(1);
        assertThat(outcomes)
                .anySatisfy(
                        each -> assertThat(each.failure())
                                .isInstanceOf(PeerLostException.class)
                                .hasMessageMatching(
                                        "all-reduce step=120 phase=REDUCE_SCATTER: rank 1 \\(host1 pid 101\\) silent for 3\\d\\d ms"));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldFailByNameWhenFramesAreCorrupt(long seed) {
        LoopbackNetwork network = network(Faults.corrupting(seed, 0.01));

        List<Outcome<Integer>> outcomes = reduce(network, SHORT);

        assertThat(network.faultsInjected()).isPositive();
        assertThat(outcomes)
                .anySatisfy(each -> assertThat(each.failure())
                        .isInstanceOf(BrokenFrameException.class)
                        .hasMessageContaining("corrupt frame after frame"));
        assertThat(outcomes).allSatisfy(each -> assertThat(each.failure()).isInstanceOf(DropwiseException.class));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldFailByNameWhenFramesAreLost(long seed) {
        LoopbackNetwork network = network(Faults.dropping(seed, 0.01));

        List<Outcome<Integer>> outcomes = reduce(network, SHORT);

        assertThat(network.faultsInjected()).isPositive();
        assertThat(outcomes)
                .allSatisfy(each -> assertThat(each.failure())
                        .isInstanceOfAny(BrokenFrameException.class, PeerLostException.class));
    }

    @Test
    void shouldFailByNameWhenFramesOvertakeOneAnother() {
        LoopbackNetwork network = network(Faults.overtaking(5, 0.01));

        List<Outcome<Integer>> outcomes = reduce(network, SHORT);

        assertThat(network.faultsInjected()).isPositive();
        assertThat(outcomes)
                .anySatisfy(each -> assertThat(each.failure())
                        .isInstanceOf(BrokenFrameException.class)
                        .hasMessageContaining("frames were lost or overtaken"));
    }

    @Test
    void shouldCountDuplicatesAndGoOnWhenFramesComeTwice() {
        LoopbackNetwork network = network(Faults.duplicating(6, 0.1));

        List<Outcome<Long>> outcomes = Ranks.loopback(4, network, SHORT, (rank, collectives) -> {
            for (int step = 0; step < STEPS; step++) {
                collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, step);
            }
            return collectives.dropped().of(Reason.DUPLICATE);
        });

        long counted = outcomes.stream().mapToLong(Outcome::orThrow).sum();
        // Copies of the very last frames are never looked at.
        assertThat(counted).isPositive().isLessThanOrEqualTo(network.faultsInjected());
    }

    @Test
    void shouldStopAllPeersWithWhoAndWhyWhenARankAborts() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(3, network(3, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    if (rank == 1) {
                        collectives.abort("train-images.gz: expected 60000 images, found 59999");
                        return 0;
                    }
                    collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 8);
                    return 1;
                });

        for (int rank : new int[] {0, 2}) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOfSatisfying(
                            PeerLostException.class,
                            e -> assertThat(e.lostRank()).isEqualTo(1))
                    .hasMessage("all-reduce step=8 phase=REDUCE_SCATTER: rank 1 (host1 pid 101) gave up:"
                            + " train-images.gz: expected 60000 images, found 59999");
        }
    }

    @Test
    void shouldEndTheWaitWithTheFlagSetWhenTheThreadIsInterrupted() {
        List<Outcome<Boolean>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    if (rank == 1) {
                        return true;
                    }
                    Thread.currentThread().interrupt();
                    try {
                        collectives.barrier(4);
                        return false;
                    } catch (DropwiseException e) {
                        assertThat(e).hasMessage("barrier step=4 phase=ARRIVAL: interrupted");
                        return Thread.interrupted();
                    }
                });

        assertThat(outcomes.get(0).orThrow()).isTrue();
    }

    @Test
    void shouldRefuseFurtherRoundsWhenOneHasFailed() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    collectives.abort("enough");
                    assertThat(collectives.state()).isEqualTo(Collectives.State.FAILED);
                    collectives.barrier(1);
                    return 0;
                });

        assertThat(outcomes.get(0).failure())
                .hasMessage("barrier step=1: the exchange of rank 0 (host0 pid 100) is FAILED;"
                        + " a new attempt needs a new one");
    }

    @Test
    void shouldRejectALengthWhenTheVectorIsShorter() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(1, network(1, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    collectives.allReduce(new UnsafeBuffer(new byte[8]), 3, 1);
                    return 0;
                });

        assertThat(outcomes.get(0).failure()).hasMessage("expected a length of 0 to 8 bytes, found 12");
    }

    private static List<Outcome<Integer>> reduce(LoopbackNetwork network, Deadlines deadlines) {
        return Ranks.loopback(4, network, deadlines, (rank, collectives) -> {
            for (int step = 0; step < STEPS; step++) {
                collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, step);
            }
            return STEPS;
        });
    }

    private static LoopbackNetwork network(Faults faults) {
        return network(4, faults);
    }

    private static LoopbackNetwork network(int worldSize, Faults faults) {
        return new LoopbackNetwork(worldSize, PAYLOAD_BYTES, faults);
    }
}
