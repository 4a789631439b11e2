package dev.dropwise.worker.collectives;

import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.LENGTHS;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.SEED;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.STEPS;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.assertUpdated;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.network;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.LoopbackNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients that are exchanged while the rest of them is still to come. Oracle: as {@link ReduceUpdateGatherTest}. */
@Timeout(60)
class AdvancingExchangeTest {
    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void shouldGiveTheSameBitsWhenGradientsComeFromTheEndAndAreExchangedOnTheWay(int worldSize) {
        List<Outcome<List<float[]>>> outcomes = Ranks.loopback(
                worldSize, network(worldSize, Faults.none()), Deadlines.standard(), this::updateOnTheWay);

        assertUpdated(worldSize, outcomes);
    }

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {2, 3, 5})
    void shouldGiveTheSameBitsWhenTheyLieInSharedMemoryOnTheWay(int worldSize) {
        LoopbackNetwork network = network(worldSize, Faults.none()).sharing(1 << 14, rank -> rank / 3);

        assertUpdated(worldSize, Ranks.loopback(worldSize, network, Deadlines.standard(), this::updateOnTheWay));

        assertThat(network.framesSent(FrameKind.SHARED)).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldGiveTheSameBitsWhenFramesAreLateOrComeTwiceOnTheWay(long seed) {
        for (Faults faults : List.of(Faults.delaying(seed, 0.2), Faults.duplicating(seed, 0.2))) {
            LoopbackNetwork network = network(4, faults);

            assertUpdated(4, Ranks.loopback(4, network, Deadlines.standard(), this::updateOnTheWay));

            assertThat(network.faultsInjected()).isGreaterThan(10);
        }
    }

    /** Ranks go on at different paces; what is not ready yet is NaN, and parameters that are still needed must be as they were. */
    private List<float[]> updateOnTheWay(int rank, Collectives collectives) {
        List<float[]> results = new ArrayList<>();
        Random random = new Random(SEED + rank);
        for (int length : LENGTHS) {
            int[] cuts = new Random(SEED).ints(5, 0, length + 1).sorted().toArray();
            Ownership ownership =
                    Ownership.cutAt(cuts, 16, length, collectives.roster().worldSize());
            Momentum update = new Momentum(Momentum.ownParameters(rank, ownership));
            ReduceUpdateGather exchange =
                    collectives.reduceUpdateGather(update.gradient, update.parameters, ownership, update);
            for (int step = 0; step < STEPS; step++) {
                float[] values = Vectors.values(SEED + step, rank, length);
                float[] unready = new float[length];
                Arrays.fill(unready, Float.NaN);
                update.gradient(unready);
                float[] before = Vectors.floats(update.parameters);
                exchange.start(step);
                int ready = length;
                while (ready > 0) {
                    int from = random.nextInt(ready + 1);
                    update.gradient.putBytes(
                            from * Float.BYTES,
                            Vectors.direct(values),
                            from * Float.BYTES,
                            (ready - from) * Float.BYTES);
                    ready = from;
                    for (int turns = random.nextInt(40); turns > 0; turns--) {
                        exchange.advance(ready);
                        Thread.onSpinWait();
                    }
                    assertThat(Arrays.copyOf(Vectors.floats(update.parameters), ready))
                            .as("parameters that are still needed")
                            .isEqualTo(Arrays.copyOf(before, ready));
                }
                exchange.finish();
                update.assertCovers(rank, ownership);
            }
            results.add(Vectors.floats(update.parameters));
        }
        return results;
    }

    @Test
    void shouldUpdateUpperSegmentsBeforeTheRestIsThereWhenAllRanksAdvance() {
        CyclicBarrier advanced = new CyclicBarrier(2);
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum update = new Momentum(Momentum.parameters(1000));
                    Ownership ownership = Ownership.cutAt(new int[] {600}, 16, 1000, 2);
                    ReduceUpdateGather exchange =
                            collectives.reduceUpdateGather(update.gradient, update.parameters, ownership, update);
                    update.gradient(Vectors.values(SEED, rank, 1000));
                    exchange.start(0);
                    // Each needs the frames of the other: both go on until both have updated their part of [600, 1000).
                    while (update.updated() < 192) {
                        exchange.advance(600);
                        Thread.onSpinWait();
                    }
                    advanced.await(10, TimeUnit.SECONDS);
                    int onTheWay = update.updated();
                    exchange.finish();
                    assertThat(update.updated()).isEqualTo(rank == 0 ? 192 + 288 : 208 + 312);
                    return onTheWay;
                });

        assertThat(outcomes.get(0).orThrow()).isEqualTo(192);
        assertThat(outcomes.get(1).orThrow()).isBetween(192, 208);
    }

    @Test
    void shouldSayThatItWaitedForTheRankThatIsSlowWhenItsUpperSegmentCameInTime() {
        int slow = 1;
        long slowerByNs = TimeUnit.MILLISECONDS.toNanos(20);
        CyclicBarrier advanced = new CyclicBarrier(3);
        List<Outcome<List<Long>>> outcomes =
                Ranks.loopback(3, network(3, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum update = new Momentum(Momentum.parameters(1000));
                    Ownership ownership = Ownership.cutAt(new int[] {600}, 16, 1000, 3);
                    ReduceUpdateGather exchange =
                            collectives.reduceUpdateGather(update.gradient, update.parameters, ownership, update);
                    exchange.start(0);
                    while (update.updated() < 128) {
                        exchange.advance(600);
                    }
                    advanced.await(10, TimeUnit.SECONDS);
                    long startNs = System.nanoTime();
                    while (rank == slow && System.nanoTime() - startNs < slowerByNs) {
                        Thread.onSpinWait();
                    }
                    exchange.finish();
                    return List.of(
                            collectives.waitedForNs(0), collectives.waitedForNs(slow), collectives.waitedForNs(2));
                });

        for (int rank : new int[] {0, 2}) {
            assertThat(outcomes.get(rank).orThrow().get(slow)).isGreaterThan(slowerByNs / 2);
        }
        assertThat(outcomes.get(slow).orThrow().get(slow)).isZero();
    }

    @Test
    void shouldRefuseAnotherCollectiveWhenOneIsNotFinished() {
        List<Outcome<Integer>> outcomes =
                Ranks.loopback(2, network(2, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    Momentum update = new Momentum(Momentum.parameters(100));
                    ReduceUpdateGather exchange =
                            collectives.reduceUpdateGather(update.gradient, update.parameters, new int[0], update);
                    exchange.start(3);

                    assertThatIllegalStateException()
                            .isThrownBy(() -> collectives.barrier(4))
                            .withMessageContaining("all-reduce step=3")
                            .withMessageContaining("expected its end before step=4");

                    exchange.finish();
                    return rank;
                });

        outcomes.forEach(Outcome::orThrow);
    }
}
