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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final int[] LENGTHS = {0, 1, 3, 7, 16, 17, 63, 64, 65, 1000, 4099};
    private static final int PAYLOAD_BYTES = 252;
    private static final long SEED = 7;
    private static final int STEPS = 4;
    private static final Deadlines SHORT = Deadlines.standard().withStep(Duration.ofMillis(300));

    /** Descent with momentum, which shows in the second step whether the first one was done once. */
    private static final class Momentum implements RangeUpdate {
        private final UnsafeBuffer gradient;
        private final UnsafeBuffer parameters;
        private final float[] velocity;
        private final List<Integer> cuts = new ArrayList<>();

        Momentum(float[] parameters) {
            this.gradient = Vectors.direct(parameters);
            this.parameters = Vectors.direct(parameters);
            this.velocity = new float[parameters.length];
        }

        void gradient(float[] values) {
            gradient.wrap(Vectors.direct(values));
            cuts.clear();
        }

        @Override
        public void apply(int from, int count) {
            cuts.add(from);
            cuts.add(from + count);
            for (int i = from; i < from + count; i++) {
                velocity[i] = 0.9f * velocity[i] + gradient.getFloat(i * Float.BYTES) / 3;
                float parameter = parameters.getFloat(i * Float.BYTES);
                parameters.putFloat(i * Float.BYTES, parameter - 0.1f * velocity[i]);
            }
        }
    }

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void shouldEqualAnUpdateOfAllParametersBitForBitWhenEachRankUpdatesItsOwn(int worldSize) {
        List<Outcome<List<float[]>>> outcomes = Ranks.loopback(
                worldSize, network(worldSize, Faults.none()), Deadlines.standard(), this::updateAllLengths);

        assertUpdated(worldSize, outcomes);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldUpdateEveryRangeOnceWhenFramesAreLateOrComeTwice(long seed) {
        for (Faults faults : List.of(Faults.delaying(seed, 0.2), Faults.duplicating(seed, 0.2))) {
            LoopbackNetwork network = network(4, faults);

            List<Outcome<List<float[]>>> outcomes =
                    Ranks.loopback(4, network, Deadlines.standard(), this::updateAllLengths);

            assertUpdated(4, outcomes);
            assertThat(network.faultsInjected()).isGreaterThan(10);
        }
    }

    private List<float[]> updateAllLengths(int rank, Collectives collectives) {
        List<float[]> results = new ArrayList<>();
        for (int length : LENGTHS) {
            int first = collectives.firstOwned(rank, length);
            int end = collectives.firstOwned(rank + 1, length);
            float[] own = parameters(length);
            // Nothing may depend on what a rank holds of others' parameters.
            Arrays.fill(own, 0, first, Float.NaN);
            Arrays.fill(own, end, length, Float.NaN);
            Momentum update = new Momentum(own);
            for (int step = 0; step < STEPS; step++) {
                update.gradient(Vectors.values(SEED + step, rank, length));
                collectives.reduceUpdateGather(update.gradient, update.parameters, length, update, step);
                assertCovered(update.cuts, first, end);
            }
            results.add(Vectors.floats(update.parameters));
        }
        return results;
    }

    private static void assertUpdated(int worldSize, List<Outcome<List<float[]>>> outcomes) {
        for (int i = 0; i < LENGTHS.length; i++) {
            Momentum expected = new Momentum(parameters(LENGTHS[i]));
            for (int step = 0; step < STEPS; step++) {
                expected.gradient(Vectors.treeSum(SEED + step, worldSize, LENGTHS[i]));
                expected.apply(0, LENGTHS[i]);
            }
            for (Outcome<List<float[]>> each : outcomes) {
                assertThat(each.orThrow().get(i)).isEqualTo(Vectors.floats(expected.parameters));
            }
        }
    }

    /** Ranges must ascend from {@code first} to {@code end} without gap or overlap. */
    private static void assertCovered(List<Integer> cuts, int first, int end) {
        int at = first;
        for (int i = 0; i < cuts.size(); i += 2) {
            assertThat(cuts.get(i)).isEqualTo(at);
            assertThat(cuts.get(i + 1)).isGreaterThanOrEqualTo(at);
            at = cuts.get(i + 1);
        }
        assertThat(at).isEqualTo(end);
    }

    @Test
    void shouldSendAsManyBytesAsAnAllReduceWhenParametersAreGathered() {
        List<Outcome<List<Long>>> outcomes =
                Ranks.loopback(3, network(3, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum update = new Momentum(parameters(1000));
                    collectives.allReduce(update.gradient, 1000, 1);
                    long reduced = collectives.totals().bytes();
                    collectives.reduceUpdateGather(update.gradient, update.parameters, 1000, update, 2);
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
                    Momentum update = new Momentum(parameters(1000));
                    collectives.reduceUpdateGather(update.gradient, update.parameters, 1000, update, 1);
                    update.cuts.clear();
                    UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED, rank, 1000));
                    collectives.allReduce(vector, 1000, 2);
                    assertThat(update.cuts).isEmpty();
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
                    collectives.reduceUpdateGather(vector, Vectors.direct(new float[1024]), 1024, slow(spentNs), 1);
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
        return (from, count) -> {
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
                    Momentum good = new Momentum(parameters(1000));
                    RangeUpdate update = rank == 1 ? ReduceUpdateGatherTest::fail : good;
                    try {
                        collectives.reduceUpdateGather(good.gradient, good.parameters, 1000, update, 3);
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

    private static void fail(int from, int count) {
        throw new IllegalStateException("no update");
    }

    private static List<Outcome<Integer>> update(LoopbackNetwork network, Deadlines deadlines) {
        return Ranks.loopback(4, network, deadlines, (rank, collectives) -> {
            Momentum update = new Momentum(parameters(2000));
            for (int step = 0; step < 50; step++) {
                collectives.reduceUpdateGather(update.gradient, update.parameters, 2000, update, step);
            }
            return rank;
        });
    }

    private static float[] parameters(int length) {
        return Vectors.values(SEED, 99, length);
    }

    private static LoopbackNetwork network(int worldSize, Faults faults) {
        return new LoopbackNetwork(worldSize, PAYLOAD_BYTES, faults);
    }
}
