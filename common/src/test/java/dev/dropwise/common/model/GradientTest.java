package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.MaskContext;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Central differences in double precision against the network's gradient, with the masks of one position. L1 and L2 take
 * part as Deeplearning4j applies them: the score holds them, and SGD with rate 1 adds them to the mean gradient.
 */
class GradientTest {
    private static final double STEP = 1e-5;
    private static final double LARGEST_ERROR = 1e-7;
    private static final int BATCH = 6;
    private static final int CLASSES = 3;
    private static final DropoutSpec HALF = DropoutSpec.parse("inverted:0.5");
    private static final DropoutSpec FIFTH = DropoutSpec.parse("inverted:0.2");
    private static final Regularisation PENALTY = new Regularisation(0.003, 0.01, 0);

    @ParameterizedTest
    @EnumSource(Activation.class)
    void shouldMatchCentralDifferencesWhenInputAndHiddenUnitsDrop(Activation activation) {
        assertMatches(new ModelConfig("mlp:8,6", activation, HALF, FIFTH, PENALTY), new ImageShape(1, 2, 3));
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.class,
            names = {"ELU", "PRELU"})
    void shouldMatchCentralDifferencesWhenHiddenLayersAreBatchNormalised(Activation activation) {
        assertMatches(new ModelConfig("mlp:8,6+bn", activation, HALF, FIFTH, PENALTY), new ImageShape(1, 2, 3));
    }

    @Test
    void shouldMatchCentralDifferencesWhenLenetDropsItsInputAndItsDenseLayer() {
        assertMatches(
                new ModelConfig("lenet", Activation.TANH, HALF, FIFTH, Regularisation.NONE),
                new ImageShape(1, 10, 10),
                971);
    }

    @Test
    void shouldMatchCentralDifferencesWhenCifarCnnDropsInAllLayers() {
        assertMatches(
                new ModelConfig("cifar-cnn", Activation.PRELU, FIFTH, FIFTH, Regularisation.NONE),
                new ImageShape(3, 8, 8),
                9971);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard:0.5", "gaussian:0.5", "alpha:0.5"})
    void shouldMatchCentralDifferencesWhenUnitsDropByAnyKind(String spec) {
        DropoutSpec dropout = DropoutSpec.parse(spec);
        assertMatches(new ModelConfig("mlp:8,6", Activation.SELU, dropout, dropout, PENALTY), new ImageShape(1, 2, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"spatial:0.3", "dropblock:0.3,block=2", "maxdrop:0.5"})
    void shouldMatchCentralDifferencesWhenPartsOfFeatureMapsDrop(String spec) {
        assertMatches(
                new ModelConfig(
                        "lenet",
                        Activation.TANH,
                        DropoutSpec.parse(spec),
                        DropoutSpec.parse("cutout:3"),
                        Regularisation.NONE),
                new ImageShape(1, 10, 10),
                971);
    }

    private static void assertMatches(ModelConfig config, ImageShape image) {
        assertMatches(config, image, 3);
    }

    /** Compares every {@code stride}th parameter. */
    private static void assertMatches(ModelConfig config, ImageShape image, int stride) {
        MultiLayerNetwork network = network(config, image);
        INDArray gradient = objectiveGradient(network);
        INDArray parameters = network.params();
        double squaredError = 0;
        double squaredNorm = 0;
        for (long i = 0; i < parameters.length(); i += stride) {
            if (isRunningStatistic(network, i)) {
                continue;
            }
            double numeric = centralDifference(network, parameters, i);
            double analytic = gradient.getDouble(i);
            squaredError += (numeric - analytic) * (numeric - analytic);
            squaredNorm += numeric * numeric;
        }

        assertThat(squaredNorm).isGreaterThan(1e-6);
        assertThat(Math.sqrt(squaredError / squaredNorm)).isLessThan(LARGEST_ERROR);
    }

    private static MultiLayerNetwork network(ModelConfig config, ImageShape image) {
        var updater = new UpdaterConfig(UpdaterConfig.Kind.SGD, 1, 0);
        Model model = ModelZoo.model(config, updater, image, CLASSES, 11);
        model.configuration().setDataType(DataType.DOUBLE);
        MultiLayerNetwork network = new MultiLayerNetwork(model.configuration());
        network.init();
        MaskContext masks = new MaskContext(7);
        assertThat(masks.bind(network)).isPositive();
        masks.moveTo(1, 2, 3);
        network.setInput(random(model.inputShape(BATCH, image)));
        network.setLabels(labels());
        return network;
    }

    private static INDArray random(long[] shape) {
        Random random = new Random(5);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }

    /** The gradient of what {@code score()} is: mean loss plus penalties. */
    private static INDArray objectiveGradient(MultiLayerNetwork network) {
        network.computeGradientAndScore();
        network.getUpdater().update(network, network.gradient(), 0, 0, BATCH, LayerWorkspaceMgr.noWorkspaces());
        return network.getFlattenedGradients().dup().reshape(network.numParams());
    }

    private static double centralDifference(MultiLayerNetwork network, INDArray parameters, long index) {
        double original = parameters.getDouble(index);
        parameters.putScalar(index, original + STEP);
        double above = score(network);
        parameters.putScalar(index, original - STEP);
        double below = score(network);
        parameters.putScalar(index, original);
        return (above - below) / (2 * STEP);
    }

    /** In training mode, so with masks; {@code computeGradientAndScore} draws them again from the same key. */
    private static double score(MultiLayerNetwork network) {
        network.computeGradientAndScore();
        return network.score();
    }

    private static boolean isRunningStatistic(MultiLayerNetwork network, long index) {
        long at = 0;
        for (var entry : network.paramTable().entrySet()) {
            at += entry.getValue().length();
            if (index < at) {
                return entry.getKey().endsWith("_mean") || entry.getKey().endsWith("_log10stdev");
            }
        }
        throw new IllegalArgumentException("no parameter " + index);
    }
}
