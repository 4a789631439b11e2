package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.RateSchedule;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What all ranks together compute, against one stock Deeplearning4j network in one thread. */
@Timeout(120)
class StockOracleTest {
    // A power of two, so large that the parameters before it drown in the first update: that is the gradient then.
    private static final double HUGE_RATE = 1 << 14;

    @TempDir
    private Path out;

    static Stream<Recipe> gradients() {
        Recipe oneStep = Recipe.small().examples(103, 0).sgd(HUGE_RATE).epochs(1);
        return Stream.of(
                oneStep,
                oneStep.dropout("none"),
                oneStep.model("mlp:24,16").dropout("0.2"),
                oneStep.model("mlp:32+bn"),
                oneStep.model("lenet").examples(41, 0));
    }

    @ParameterizedTest
    @MethodSource("gradients")
    void shouldAverageToTheSingleProcessGradientWhenShardsAreUneven(Recipe recipe) {
        // given
        StockTraining stock = new StockTraining(recipe.config());
        float[] before = stock.parameters();

        // when
        InProcessRun.of(recipe, out).train(4);

        // then
        assertThat(stock.steps()).isEqualTo(1);
        float[] found = meanGradient(before, stock.runningStatistics());
        assertThat(Distances.relative(found, floats(stock.meanGradient(0, 0)))).isLessThan(1e-6);
    }

    @Test
    void shouldAverageToTheGradientOfOneLargeMiniBatchWhenNothingIsDropped() {
        // given
        Recipe recipe =
                Recipe.small().examples(103, 0).dropout("none").sgd(HUGE_RATE).epochs(1);
        StockTraining stock = new StockTraining(recipe.config());
        float[] before = stock.parameters();

        // when
        InProcessRun.of(recipe, out).train(2);

        // then
        float[] sum = stock.gradientSum(stock.trainingIndices(), 0);
        double[] mean = new double[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = sum[i] / 103.0;
        }
        assertThat(stock.trainingIndices()).hasSize(103).doesNotHaveDuplicates();
        assertThat(Distances.relative(meanGradient(before, new BitSet()), floats(mean)))
                .isLessThan(1e-6);
    }

    /** The first update over the learning rate. Running statistics have no rate: their update is the gradient. */
    private float[] meanGradient(float[] before, BitSet runningStatistics) {
        float[] after = Checkpoints.parameters(out, 1);
        float[] gradient = new float[after.length];
        for (int i = 0; i < gradient.length; i++) {
            double update = (double) before[i] - after[i];
            gradient[i] = (float) (runningStatistics.get(i) ? update : update / HUGE_RATE);
        }
        return gradient;
    }

    static Stream<Recipe> runs() {
        // 26, 26, 26 and 25 examples in four steps of at most 8: every shard has mini-batches of 6 and 7.
        Recipe uneven = Recipe.small().examples(103, 0).batchSize(8).epochs(3);
        return Stream.of(
                uneven,
                uneven.updater(Recipe.NESTEROVS),
                uneven.sgd(0.1),
                uneven.updater(Recipe.ADAM.scheduled(RateSchedule.parse("cosine", 3))),
                uneven.updater(Recipe.NESTEROVS.scheduled(RateSchedule.parse("linear,warmup=1", 3)))
                        .regularisation(1e-3, 1e-3, 0),
                uneven.updater(Recipe.NESTEROVS.scheduled(RateSchedule.parse("step:0.1,every=1", 3)))
                        .model("mlp:32+bn"),
                uneven.model("mlp:32+bn"),
                uneven.model("mlp:24,16+bn").updater(Recipe.NESTEROVS),
                uneven.sgd(0.1).regularisation(0, 0.05, 0),
                uneven.updater(Recipe.NESTEROVS).regularisation(1e-3, 1e-3, 0),
                uneven.sgd(0.1).regularisation(0, 0, 0.9),
                uneven.regularisation(1e-4, 1e-3, 0.9),
                uneven.model("lenet").examples(43, 0).epochs(1));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void shouldEndAtTheSingleProcessParametersWhenTrainedForSeveralEpochs(Recipe recipe) {
        // given
        int epochs = recipe.schedule().epochs();
        StockTraining stock = new StockTraining(recipe.config()).train(epochs);

        // when
        Trained found = InProcessRun.of(recipe, out).train(2);

        // then
        float[] parameters = Checkpoints.parameters(out, epochs);
        assertThat(Distances.relative(parameters, stock.parameters())).isLessThan(2e-6);
        if (recipe.regularisation().l1() == 0 && recipe.regularisation().l2() == 0) {
            assertThat(found.epochs().get(epochs - 1).trainLoss()).isCloseTo(stock.trainLoss(), within(1e-5));
        }
    }

    @Test
    void shouldPenaliseOncePerStepWhenFourShardsAddTheirGradients() {
        // With a gradient of the loss that is small beside the penalty, four penalties would show at once.
        Recipe plain = Recipe.small().examples(103, 0).epochs(1).sgd(0.1);
        InProcessRun.of(plain, out.resolve("plain")).train(4);
        InProcessRun.of(plain.regularisation(0, 0.5, 0), out.resolve("l2")).train(4);

        float[] start = new StockTraining(plain.config()).parameters();
        float[] without = Checkpoints.parameters(out.resolve("plain"), 1);
        float[] with = Checkpoints.parameters(out.resolve("l2"), 1);
        // w - 0.1 (g + 0.5 w) differs from w - 0.1 g by 0.05 w; the first 784 x 32 parameters are weights.
        for (int i = 0; i < 784 * 32; i++) {
            assertThat(without[i] - with[i]).isCloseTo(0.05f * start[i], within(1e-6f));
        }
    }

    @Test
    void shouldBoundTheNormOnceAStepWhenFourShardsAddTheirGradients() {
        Recipe recipe = Recipe.small().examples(103, 0).epochs(1).sgd(0.5).regularisation(0, 0, 1.42);
        InProcessRun.of(recipe, out.resolve("bound")).train(4);
        InProcessRun.of(recipe.regularisation(0, 0, 0), out.resolve("free")).train(4);

        INDArray bound = weights(Checkpoints.parameters(out.resolve("bound"), 1));
        INDArray free = weights(Checkpoints.parameters(out.resolve("free"), 1));
        // About half of the units: initial norms scatter around the square root of two.
        int bounded = 0;
        for (int unit = 0; unit < 32; unit++) {
            double norm = free.getColumn(unit).norm2Number().doubleValue();
            double factor = Math.min(1, 1.42 / norm);
            assertThat(bound.getColumn(unit).distance2(free.getColumn(unit).mul(factor)))
                    .isLessThan(1e-5);
            bounded += factor < 1 ? 1 : 0;
        }
        assertThat(bounded).isBetween(1, 31);
    }

    /** Weights of the first hidden layer, a column a unit. */
    private static INDArray weights(float[] parameters) {
        return Nd4j.createFromArray(java.util.Arrays.copyOf(parameters, 784 * 32))
                .reshape('f', 784, 32);
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
