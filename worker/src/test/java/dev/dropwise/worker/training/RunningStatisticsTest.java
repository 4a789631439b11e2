package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@Timeout(60)
class RunningStatisticsTest {
    private static final int UNITS = 6;
    private static final double DECAY = 0.9;
    // Before training: mean 0 and variance 1, which Deeplearning4j keeps as the logarithm of the deviation.
    private static final double FIRST_MEAN = 0;
    private static final double FIRST_VARIANCE = 1;

    @TempDir
    private Path out;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldBeTheSampleWeightedMeanOfTheShardsWhenAStepIsDone(int workers) {
        // given four shards of 26, 26, 26 and 25 examples, each of which is one mini-batch
        Recipe recipe = Recipe.small()
                .model("mlp:" + UNITS + "+bn")
                .examples(103, 0)
                .sgd(0.1)
                .epochs(1);
        StockTraining start = new StockTraining(recipe.config());
        double[] mean = new double[UNITS];
        double[] logDeviation = new double[UNITS];
        for (int shard = 0; shard < 4; shard++) {
            addUpdated(start, start.trainingIndices(shard), mean, logDeviation);
        }

        // when
        InProcessRun.of(recipe, out).train(workers);

        // then: gamma and beta, then the mean, then the logarithm
        float[] parameters = Checkpoints.parameters(out, 1);
        int first = 784 * UNITS + 2 * UNITS;
        for (int unit = 0; unit < UNITS; unit++) {
            assertThat((double) parameters[first + unit]).isCloseTo(mean[unit] / 103, within(1e-6));
            assertThat((double) parameters[first + UNITS + unit]).isCloseTo(logDeviation[unit] / 103, within(1e-6));
        }
        assertThat(parameters[first]).isNotZero();
    }

    private static void addUpdated(StockTraining start, int[] indices, double[] mean, double[] logDeviation) {
        INDArray weights = start.network().getLayer(0).getParam("W").castTo(DataType.DOUBLE);
        INDArray z = start.features(indices).castTo(DataType.DOUBLE).mmul(weights);
        for (int unit = 0; unit < UNITS; unit++) {
            double sum = 0;
            for (int i = 0; i < indices.length; i++) {
                sum += z.getDouble(i, unit);
            }
            double batchMean = sum / indices.length;
            double squares = 0;
            for (int i = 0; i < indices.length; i++) {
                squares += (z.getDouble(i, unit) - batchMean) * (z.getDouble(i, unit) - batchMean);
            }
            double variance = DECAY * FIRST_VARIANCE + (1 - DECAY) * squares / indices.length;
            mean[unit] += indices.length * (DECAY * FIRST_MEAN + (1 - DECAY) * batchMean);
            logDeviation[unit] += indices.length * Math.log10(Math.sqrt(variance));
        }
    }
}
