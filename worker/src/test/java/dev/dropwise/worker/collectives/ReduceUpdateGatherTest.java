package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.transport.BrokenFrameException;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.LoopbackNetwork;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Oracle: the naive tree sum, and an update of all parameters by it. */
@Timeout(60)
class ReduceUpdateGatherTest {
    static final int[] LENGTHS = {0, 1, 3, 7, 16, 17, 63, 64, 65, 1000, 4099};
    private static final int PAYLOAD_BYTES = 252;
    static final long SEED = 7;
    static final int STEPS = 4;
    private static final Deadlines SHORT = Deadlines.standard().withStep(Duration.ofMillis(300));

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void shouldEqualAnUpdateOfAllParametersBitForBitWhenEachRankUpdatesItsOwn(int worldSize) {
        List<Outcome<List<float[]>>> outcomes = Ranks.loopback(
                worldSize,
                network(worldSize, Faults.none()),
                Deadlines.standard(),
                ReduceUpdateGatherTest::updateAllLengths);

        assertUpdated(worldSize, outcomes);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldUpdateEveryRangeOnceWhenFramesAreLateOrComeTwice(long seed) {
        for (Faults faults : List.of(Faults.delaying(seed, 0.2), Faults.duplicating(seed, 0.2))) {
            LoopbackNetwork network = network(4, faults);

            List<Outcome<List<float[]>>> outcomes =
                    Ranks.loopback(4, network, Deadlines.standard(), ReduceUpdateGatherTest::updateAllLengths);

            assertUpdated(4, outcomes);
            assertThat(network.faultsInjected()).isGreaterThan(10);
        }
    }

    /** {@link #STEPS} steps with each of {@link #LENGTHS}; to be held against {@link #assertUpdated}. */
    static List<float[]> updateAllLengths(int rank, Collectives collectives) {
        List<float[]> results = new ArrayList<>();
        for (int length : LENGTHS) {
            Ownership ownership = Ownership.whole(length, collectives.roster().worldSize());
            Momentum update = new Momentum(Momentum.ownParameters(rank, ownership));
            ReduceUpdateGather exchange =
                    collectives.reduceUpdateGather(update.gradient, update.parameters, ownership, update);
            for (int step = 0; step < STEPS; step++) {
                update.gradient(Vectors.values(SEED + step, rank, length));
                exchange.start(step);
                exchange.finish();
                update.assertCovers(rank, ownership);
            }
            results.add(Vectors.floats(update.parameters));
        }
        return results;
    }

    /** Steps of all ranks' gradients, on lengths of {@link #LENGTHS}. */
    static void assertUpdated(int worldSize, List<Outcome<List<float[]>>> outcomes) {
        for (int i = 0; i < LENGTHS.length; i++) {
            Momentum expected = new Momentum(Momentum.parameters(LENGTHS[i]));
            for (int step = 0; step < STEPS; step++) {
                expected.gradient(Vectors.treeSum(SEED + step, worldSize, LENGTHS[i]));
                expected.apply(0, LENGTHS[i], expected.gradients());
            }
            for (Outcome<List<float[]>> each : outcomes) {
                assertThat(each.orThrow().get(i)).isEqualTo(Vectors.floats(expected.parameters));
            }
        }
    }

    @Test
    void shouldSendAsManyBytesAsAnAllReduceWhenParametersAreGathered() {
        List<Outcome<List<Long>>> outcomes =
                Ranks.loopback(3, network(3, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum update = new Momentum(Momentum.parameters(1000));
                    collectives.allReduce(update.gradient, 1000, 1);
                    long reduced = collectives.totals().bytes();
                    update.run(collectives, 2);
                    return List.of(reduced, collectives.totals().bytes() - reduced);
                });

        for (Outcome<List<Long>> each : outcomes) {
            assertThat(each.orThrow().get(1))
                    .isPositive()
                    .isEqualTo(each.orThrow().get(0));
        }
    }

    @Test
    void shouldReduceAsBeforeWhenAnAllReduceFollowsAnUpdate() {
        List<Outcome<float[]>> outcomes =
                Ranks.loopback(3, network(3, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum update = new Momentum(Momentum.parameters(1000));
                    update.run(collectives, 1);
                    int updated = update.updated();
                    UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED, rank, 1000));
                    collectives.allReduce(vector, 1000, 2);
                    assertThat(update.updated()).isEqualTo(updated);
                    return Vectors.floats(vector);
                });

        for (Outcome<float[]> each : outcomes) {
            assertThat(each.orThrow()).isEqualTo(Vectors.treeSum(SEED, 3, 1000));
        }
    }

    @Test
    void shouldCountUpdatesNeitherAsExchangeNorAsWaiting() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    long[] spentNs = new long[1];
                    UnsafeBuffer vector = Vectors.direct(new float[1024]);
                    long beforeNs = System.nanoTime();
                    ReduceUpdateGather exchange = collectives.reduceUpdateGather(
                            vector, Vectors.direct(new float[1024]), new int[0], slow(spentNs));
                    exchange.start(1);
                    exchange.finish();
                    long elapsedNs = System.nanoTime() - beforeNs;
                    Totals totals = collectives.totals();
                    assertThat(spentNs[0]).isPositive();
                    assertThat(totals.exchangeNs()).isPositive();
                    assertThat(totals.exchangeNs() + totals.waitNs() + spentNs[0])
                            .isLessThanOrEqualTo(elapsedNs);
                    return rank;
                });

        outcomes.forEach(Outcome::orThrow);
    }

    private static RangeUpdate slow(long[] spentNs) {
        return (from, count, sums) -> {
            long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < 100_000) {
                Thread.onSpinWait();
            }
            spentNs[0] += System.nanoTime() - startNs;
        };
    }

    @ParameterizedTest(name = "at {0}")
    @EnumSource(
            value = FrameKind.class,
            names = {"REDUCE_SCATTER", "ALL_GATHER"})
    void shouldNameTheKilledRankWhenItDiesBetweenUpdates(FrameKind at) {
        LoopbackNetwork network = network(4, Faults.striking(Faults.Effect.KILL, 2, at));

        List<Outcome<Integer>> outcomes = update(network, Deadlines.standard());

        assertThat(network.faultsInjected()).isEqualTo(1);
        assertThat(outcomes.get(2).failure()).isInstanceOf(LoopbackNetwork.Killed.class);
        for (int rank : new int[] {0, 1, 3}) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOf(PeerLostException.class)
                    .hasMessageContaining("all-reduce step=0 phase=")
                    .hasMessageContaining("rank 2 (host2 pid 102)");
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldFailByNameWhenFramesAreCorruptOrLost(long seed) {
        for (Faults faults : List.of(Faults.corrupting(seed, 0.01), Faults.dropping(seed, 0.01))) {
            LoopbackNetwork network = network(4, faults);

            List<Outcome<Integer>> outcomes = update(network, SHORT);

            assertThat(network.faultsInjected()).isPositive();
            assertThat(outcomes)
                    .allSatisfy(each -> assertThat(each.failure()).isInstanceOf(DropwiseException.class))
                    .anySatisfy(each -> assertThat(each.failure())
                            .isInstanceOfAny(BrokenFrameException.class, PeerLostException.class));
        }
    }

    @Test
    void shouldFailOnAllRanksWithTheReasonWhenAnUpdateThrows() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(3, network(3, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum good = new Momentum(Momentum.parameters(1000));
                    RangeUpdate update = rank == 1 ? ReduceUpdateGatherTest::fail : good;
                    ReduceUpdateGather exchange =
                            collectives.reduceUpdateGather(good.gradient, good.parameters, new int[0], update);
                    try {
                        exchange.start(3);
                        exchange.finish();
                    } catch (IllegalStateException e) {
                        assertThat(collectives.state()).isEqualTo(Collectives.State.FAILED);
                        collectives.abort(String.valueOf(e.getMessage()));
                        throw e;
                    }
                    return rank;
                });

        assertThat(outcomes.get(1).failure()).hasMessage("no update");
        for (int rank : new int[] {0, 2}) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOf(PeerLostException.class)
                    .hasMessageContaining("rank 1 (host1 pid 101) gave up: no update");
        }
    }

    private static void fail(int from, int count, FloatBuffer sums) {
        throw new IllegalStateException("no update");
    }

    private static List<Outcome<Integer>> update(LoopbackNetwork network, Deadlines deadlines) {
        return Ranks.loopback(4, network, deadlines, (rank, collectives) -> {
            Momentum update = new Momentum(Momentum.parameters(2000));
            for (int step = 0; step < 50; step++) {
                update.run(collectives, step);
            }
            return rank;
        });
    }

    static LoopbackNetwork network(int worldSize, Faults faults) {
        return new LoopbackNetwork(worldSize, PAYLOAD_BYTES, faults);
    }
}
