package dev.dropwise.worker.collectives;

import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.SEED;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.STEPS;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.network;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.layer.SufficientFactors;
import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.LoopbackNetwork;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of which some layers are offered as factors, by some ranks. Oracle: the same gradients multiplied out, by the tree sum and
 * an update of all parameters.
 */
@Timeout(60)
class FactorExchangeTest {
    /** Weights [inputs, units] of three layers, each followed by as many biases as it has units. */
    private static final int[][] LAYERS = {{300, 200}, {200, 260}, {260, 3}};

    private static final int EXAMPLES = 6;
    private static final int FLOATS = 300 * 200 + 200 + 200 * 260 + 260 + 260 * 3 + 3;

    /** What one rank has in one step: the whole gradient, and the factors of its layers. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Backward(float[] gradient, List<SufficientFactors> factors, int[] starts) {
        static Backward of(int step, int rank, double density) {
            Random random = new Random(SEED * 100 + 10L * step + rank);
            float[] gradient = Vectors.values(SEED + step, rank, FLOATS);
            List<SufficientFactors> factors = new ArrayList<>();
            int[] starts = new int[LAYERS.length];
            int first = 0;
            for (int layer = 0; layer < LAYERS.length; layer++) {
                int inputs = LAYERS[layer][0];
                int units = LAYERS[layer][1];
                SufficientFactors own = SufficientFactors.of(
                        first, sparse(random, inputs, density), sparse(random, units, density), EXAMPLES);
                own.values(
                        first,
                        inputs * units,
                        FloatBuffer.wrap(gradient, first, inputs * units).slice());
                factors.add(own);
                starts[layer] = first;
                first += inputs * units + units;
            }
            return new Backward(gradient, factors, starts);
        }

        private static float[] sparse(Random random, int columns, double density) {
            float[] values = new float[EXAMPLES * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
            }
            return values;
        }
    }

    private static float[] updated(int worldSize, double density) {
        Momentum expected = new Momentum(Momentum.parameters(FLOATS));
        for (int step = 0; step < STEPS; step++) {
            int ofStep = step;
            float[][] all = new float[worldSize][];
            Arrays.setAll(all, rank -> Backward.of(ofStep, rank, density).gradient());
            expected.gradient(Vectors.treeSum(all));
            expected.apply(0, FLOATS, expected.gradients());
        }
        return Vectors.floats(expected.parameters);
    }

    /** Each rank offers some layers, by chance, from the last to the first, and goes on at its own pace; what it offers is NaN in the vector. */
    private static float[] update(int rank, Collectives collectives, double density, double offering) {
        int[] atLayers = {300 * 200 + 200, 300 * 200 + 200 + 200 * 260 + 260};
        return update(rank, collectives, density, offering, atLayers);
    }

    private static float[] update(int rank, Collectives collectives, double density, double offering, int... cuts) {
        Random random = new Random(SEED + rank);
        Ownership ownership =
                Ownership.cutAt(cuts, 16, FLOATS, collectives.roster().worldSize());
        Momentum update = new Momentum(Momentum.ownParameters(rank, ownership));
        ReduceUpdateGather exchange =
                collectives.reduceUpdateGather(update.gradient, update.parameters, ownership, update);
        for (int step = 0; step < STEPS; step++) {
            Backward backward = Backward.of(step, rank, density);
            update.gradient(backward.gradient());
            exchange.start(step);
            for (int layer = LAYERS.length - 1; layer >= 0; layer--) {
                SufficientFactors factors = backward.factors().get(layer);
                if (random.nextDouble() < offering && exchange.offer(factors)) {
                    for (int i = factors.from(); i < factors.end(); i++) {
                        update.gradient.putFloat(i * Float.BYTES, Float.NaN);
                    }
                }
                for (int turns = random.nextInt(40); turns > 0; turns--) {
                    exchange.advance(backward.starts()[layer]);
                    Thread.onSpinWait();
                }
            }
            exchange.finish();
            update.assertCovers(rank, ownership);
        }
        return Vectors.floats(update.parameters);
    }

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {1, 2, 3, 4, 5, 8})
    void shouldGiveTheSameBitsWhenSomeRanksOfferSomeLayersAsFactors(int worldSize) {
        for (double density : new double[] {0.05, 0.6}) {
            float[] expected = updated(worldSize, density);

            List<Outcome<float[]>> outcomes = Ranks.loopback(
                    worldSize,
                    network(worldSize, Faults.none()),
                    Deadlines.standard(),
                    (rank, collectives) -> update(rank, collectives, density, 0.6));

            outcomes.forEach(each -> assertThat(each.orThrow()).isEqualTo(expected));
        }
    }

    @Test
    void shouldGiveTheSameBitsWhenWhatIsMadeOfFactorsLiesInSharedMemory() {
        LoopbackNetwork network = network(3, Faults.none()).sharing(FLOATS * Float.BYTES, rank -> 0);
        float[] expected = updated(3, 0.05);

        List<Outcome<float[]>> outcomes = Ranks.loopback(
                3, network, Deadlines.standard(), (rank, collectives) -> update(rank, collectives, 0.05, 0.6));

        outcomes.forEach(each -> assertThat(each.orThrow()).isEqualTo(expected));
        assertThat(network.framesSent(FrameKind.FACTORS)).isPositive();
        assertThat(network.framesSent(FrameKind.ALL_GATHER)).isZero();
    }

    @Test
    void shouldGiveTheSameBitsWhenOfALayerSoLittleIsAnOwnersThatItsFactorsAreLonger() {
        // Of the first segment rank 1 owns floats 30,104 to 60,208; the last 8 are weights of the second layer.
        int cut = 90_312;
        float[] expected = updated(3, 0.05);
        LoopbackNetwork network = network(3, Faults.none());

        List<Outcome<float[]>> outcomes = Ranks.loopback(
                3, network, Deadlines.standard(), (rank, collectives) -> update(rank, collectives, 0.05, 1, cut));

        outcomes.forEach(each -> assertThat(each.orThrow()).isEqualTo(expected));
        assertThat(network.framesSent(FrameKind.FACTORS)).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldGiveTheSameBitsWhenFramesWithFactorsAreLateOrComeTwice(long seed) {
        float[] expected = updated(4, 0.05);
        for (Faults faults : List.of(Faults.delaying(seed, 0.2), Faults.duplicating(seed, 0.2))) {
            LoopbackNetwork network = network(4, faults);

            List<Outcome<float[]>> outcomes = Ranks.loopback(
                    4, network, Deadlines.standard(), (rank, collectives) -> update(rank, collectives, 0.05, 0.6));

            outcomes.forEach(each -> assertThat(each.orThrow()).isEqualTo(expected));
            assertThat(network.faultsInjected()).isGreaterThan(10);
        }
    }

    @Test
    void shouldSendLessWhenSparseFactorsAreOfferedAndAsMuchAsBeforeWhenTheyAreNotWorthIt() {
        assertThat(bytesSent(2, 0.05, 1)).isLessThan(bytesSent(2, 0.05, 0) * 6 / 10);
        assertThat(bytesSent(8, 1, 1)).isEqualTo(bytesSent(8, 1, 0));
    }

    private static long bytesSent(int worldSize, double density, double offering) {
        List<Outcome<Long>> outcomes = Ranks.loopback(
                worldSize, network(worldSize, Faults.none()), Deadlines.standard(), (rank, collectives) -> {
                    update(rank, collectives, density, offering);
                    return collectives.totals().bytes();
                });
        return outcomes.get(0).orThrow();
    }
}
