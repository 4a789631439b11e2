package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.RateSchedule;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.KeyedDropout;
import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

class ModelZooTest {
    private static final ImageShape GREY = new ImageShape(1, 28, 28);
    private static final ImageShape COLOUR = new ImageShape(3, 32, 32);
    private static final UpdaterConfig ADAM = new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-3, 0.9);
    private static final DropoutSpec HALF = DropoutSpec.parse("inverted:0.5");
    private static final DropoutSpec FIFTH = DropoutSpec.parse("inverted:0.2");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // name | parameters | flat | layers with dropout and their probabilities, input dropout 0.2, dropout
                // 0.5
                "mlp                | 397510  | true  | 0:0.2 1:0.5",
                "mlp:500            | 397510  | true  | 0:0.2 1:0.5",
                "mlp:1024,1024,1024 | 2913290 | true  | 0:0.2 1:0.5 2:0.5 3:0.5",
                // 784*500 weights, 4 x 500 for batch norm, 500*10 + 10 for the output; layer 3 is the output.
                "mlp:500+bn         | 399010  | true  | 0:0.2 3:0.5",
                // 320 + 18496 + 1600*128 + 128 + 1290.
                "lenet              | 225034  | false | 0:0.2 5:0.5",
                // 156 + 2416 + 400*120 + 120 + 120*84 + 84 + 850.
                "lenet5             | 61706   | false | 0:0.2 5:0.5 6:0.5",
            })
    void shouldHaveTheKnownParametersAndDropoutsWhenBuiltForMnist(
            String name, long parameters, boolean flat, String dropouts) {
        Model model = model(name, GREY, Activation.RELU);

        assertThat(network(model).numParams()).isEqualTo(parameters);
        assertThat(model.flatInput()).isEqualTo(flat);
        assertThat(dropoutsOf(model.configuration())).isEqualTo(dropouts);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lenet     | spatial:0.3   | 2:0.3",
                "lenet5    | maxdrop:0.3   | 2:0.3",
                "cifar-cnn | dropblock:0.1 | 2:0.1 4:0.1",
                // A layer of its own before each that has weights.
                "mlp:20    | standard:0.5  | 1:0.5",
                "lenet     | standard:0.5  | 5:0.5",
            })
    void shouldPutEachKindWhereItBelongsWhenBuilt(String name, String spec, String dropouts) {
        ModelConfig config =
                new ModelConfig(name, Activation.RELU, DropoutSpec.parse(spec), DropoutSpec.NONE, Regularisation.NONE);

        Model model = ModelZoo.model(config, ADAM, COLOUR, 10, 7);

        assertThat(dropoutsOf(model.configuration())).isEqualTo(dropouts);
    }

    @Test
    void shouldNameLayerAndRemedyWhenThereAreNoFeatureMaps() {
        for (String spec : new String[] {"spatial:0.5", "dropblock:0.5", "maxdrop:0.5"}) {
            DropoutSpec maps = DropoutSpec.parse(spec);
            assertThatThrownBy(() -> ModelZoo.check(
                            new ModelConfig("mlp:20", Activation.RELU, maps, DropoutSpec.NONE, Regularisation.NONE),
                            GREY))
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContainingAll("mlp:20", "layer 1", spec, "lenet", "inverted:0.5");
            assertThatThrownBy(() -> ModelZoo.check(
                            new ModelConfig("mlp:20", Activation.RELU, DropoutSpec.NONE, maps, Regularisation.NONE),
                            GREY))
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContainingAll("layer 0", spec);
        }
    }

    @Test
    void shouldDropInAllLayersWhenCifarCnnIsBuilt() {
        Model model = model("cifar-cnn", COLOUR, Activation.RELU);

        // 896 + 18496 + 73856 + 2048*256 + 256 + 2570.
        assertThat(network(model).numParams()).isEqualTo(620362);
        assertThat(dropoutsOf(model.configuration())).isEqualTo("0:0.2 2:0.5 4:0.5 6:0.5 7:0.5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"mlp:30,20", "mlp:30,20+bn", "lenet", "lenet5", "cifar-cnn"})
    void shouldClassifyABatchWhenFedItsInputShapeWithAnyActivation(String name) {
        for (Activation activation : Activation.values()) {
            Model model = model(name, COLOUR, activation);
            INDArray input = Nd4j.rand(model.inputShape(4, COLOUR));

            INDArray output = network(model).output(input);

            assertThat(output.shape()).containsExactly(4, 10);
            assertThat(output.sumNumber().doubleValue()).isCloseTo(4, within(1e-4));
        }
    }

    @Test
    void shouldStartFromTheSameWeightsWhenTheRunSeedIsEqual() {
        INDArray weights = network(model("mlp:40", GREY, Activation.RELU)).params();
        Model other = ModelZoo.model(config("mlp:40", Activation.RELU), ADAM, GREY, 10, 8);

        assertThat(network(model("mlp:40", GREY, Activation.RELU)).params()).isEqualTo(weights);
        assertThat(network(other).params()).isNotEqualTo(weights);
    }

    @Test
    void shouldStartWithTheVarianceOfHeLecunOrGlorotAndZeroBiasesWhenBuilt() {
        for (Activation activation : Activation.values()) {
            MultiLayerNetwork network = network(model("mlp:400", GREY, activation));
            double expected = switch (activation) {
                case SIGMOID -> 4 * 4 * 2.0 / (784 + 400);
                case TANH -> 2.0 / (784 + 400);
                case SELU -> 1.0 / 784;
                default -> 2.0 / 784;
            };

            double variance = network.getParam("0_W").varNumber().doubleValue();

            assertThat(variance).isCloseTo(expected, withinPercentage(4));
            assertThat(network.getParam("0_b").norm1Number().doubleValue()).isZero();
        }
    }

    @Test
    void shouldBoundTheIncomingWeightsOfEachHiddenUnitWhenMaxNormIsGiven() {
        var config = new ModelConfig("lenet", Activation.RELU, HALF, DropoutSpec.NONE, new Regularisation(0, 0, 0.5));
        MultiLayerNetwork network = network(ModelZoo.model(config, ADAM, GREY, 10, 7));
        network.params().muli(100);

        network.applyConstraints(0, 0);

        assertThat(largest(network.getParam("0_W").norm2(1, 2, 3))).isCloseTo(0.5, within(1e-4));
        assertThat(largest(network.getParam("2_W").norm2(1, 2, 3))).isCloseTo(0.5, within(1e-4));
        // [inputs, units]: the incoming weights of a unit are a column.
        INDArray columns = network.getParam("4_W").norm2(0);
        assertThat(largest(columns)).isCloseTo(0.5, within(1e-4));
        assertThat(columns.minNumber().doubleValue()).isCloseTo(0.5, within(1e-4));
        assertThat(largest(network.getParam("5_W").norm2(0))).as("output layer").isGreaterThan(10);
    }

    @Test
    void shouldPenaliseWeightsAndNotBiasesWhenL1AndL2AreGiven() {
        var config =
                new ModelConfig("mlp:20", Activation.PRELU, HALF, DropoutSpec.NONE, new Regularisation(0.1, 0.01, 0));
        MultiLayerNetwork network = network(ModelZoo.model(config, ADAM, GREY, 10, 7));
        network.params().assign(2);

        long weights = 784 * 20 + 20 * 10;
        assertThat(network.calcRegularizationScore(true)).isCloseTo(weights * (0.1 * 2 + 0.01 / 2 * 4), within(1e-2));
    }

    @Test
    void shouldUpdateByTheConfiguredRuleWhenBuilt() {
        assertThat(rule(ADAM)).isEqualTo(new Adam(1e-3));
        assertThat(rule(new UpdaterConfig(UpdaterConfig.Kind.NESTEROVS, 0.1, 0.8)))
                .isEqualTo(new Nesterovs(0.1, 0.8));
        assertThat(rule(new UpdaterConfig(UpdaterConfig.Kind.SGD, 0.2, 0.8))).isEqualTo(new Sgd(0.2));
    }

    @ParameterizedTest
    @EnumSource(UpdaterConfig.Kind.class)
    void shouldGiveTheScheduledRateWhenStockDeeplearning4jReadsItBack(UpdaterConfig.Kind kind) {
        RateSchedule schedule = RateSchedule.parse("step:0.5,every=3,warmup=2", 10);
        MultiLayerConfiguration made = ModelZoo.model(
                        config("mlp:5", Activation.RELU),
                        new UpdaterConfig(kind, 0.2, 0.8).scheduled(schedule),
                        GREY,
                        10,
                        7)
                .configuration();

        IUpdater read = ((BaseLayer) MultiLayerConfiguration.fromJson(made.toJson())
                        .getConf(0)
                        .getLayer())
                .getIUpdater();

        for (int epoch = 0; epoch < 200; epoch++) {
            assertThat(read.getLearningRate(1000 * epoch, epoch))
                    .as("epoch %d", epoch)
                    .isEqualTo(0.2 * schedule.at(epoch));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lenett | did you mean 'lenet'",
                "lenet-5 | did you mean 'lenet5'",
                "cifar | did you mean 'cifar-cnn'",
                "MLP:500 | did you mean 'mlp:500'",
                "mlp500 | did you mean 'mlp:500'",
                "mlp: | expected hidden layer sizes",
                "mlp:500, | expected hidden layer sizes",
                "mlp:12,x | expected hidden layer sizes",
                "mlp:0 | from 1 to 65536",
                "mlp:99999 | from 1 to 65536",
            })
    void shouldNameTheNearestValidOneWhenTheModelIsUnknown(String name, String message) {
        assertThatThrownBy(() -> model(name, GREY, Activation.RELU))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("'" + name + "'")
                .hasMessageContaining(message);
    }

    @Test
    void shouldNameBothSizesWhenImagesAreTooSmall() {
        assertThatThrownBy(() -> model("lenet", new ImageShape(1, 8, 8), Activation.RELU))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("lenet", "10x10", "8x8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mlp:20 | RELU | pooling:0.5 | needs a max-pooling layer, found none; choose a model",
                "lenet5 | RELU | pooling:0.5 | needs a max-pooling layer, found none; choose a model",
                "lenet | TANH | pooling:0.5 | layer 1 (max-pooling): dropout pooling:0.5 needs maps that are never negative",
                "mlp:20+bn | RELU | standout:0.5 | leave out +bn, or use dropout inverted:0.5",
                "mlp:20+bn | RELU | dropconnect:0.5 | leave out +bn, or use dropout inverted:0.5",
                "mlp:20 | PRELU | dropconnect:0.5 | use eval=mean, or another activation",
            })
    void shouldNameLayerAndRemedyWhenAKindInsideOfLayersCannotStandThere(
            String name, Activation activation, String dropout, String message) {
        var refused =
                new ModelConfig(name, activation, DropoutSpec.parse(dropout), DropoutSpec.NONE, Regularisation.NONE);

        assertThatThrownBy(() -> ModelZoo.check(refused, GREY))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("model " + name, message);
    }

    private static Model model(String name, ImageShape image, Activation activation) {
        return ModelZoo.model(config(name, activation), ADAM, image, 10, 7);
    }

    private static ModelConfig config(String name, Activation activation) {
        return new ModelConfig(name, activation, HALF, FIFTH, Regularisation.NONE);
    }

    private static MultiLayerNetwork network(Model model) {
        MultiLayerNetwork network = new MultiLayerNetwork(model.configuration());
        network.init();
        return network;
    }

    private static IUpdater rule(UpdaterConfig updater) {
        Model model = ModelZoo.model(config("mlp:5", Activation.RELU), updater, GREY, 10, 7);
        return network(model).getLayer(0).conf().getLayer().getUpdaterByParam("W");
    }

    private static double largest(INDArray array) {
        return array.maxNumber().doubleValue();
    }

    private static String dropoutsOf(MultiLayerConfiguration configuration) {
        List<String> dropouts = new ArrayList<>();
        for (int i = 0; i < configuration.getConfs().size(); i++) {
            if (configuration.getConf(i).getLayer().getIDropout() instanceof KeyedDropout dropout) {
                dropouts.add(i + ":" + dropout.dropProbability());
            }
        }
        return String.join(" ", dropouts);
    }
}
