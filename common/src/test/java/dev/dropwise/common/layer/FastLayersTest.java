package dev.dropwise.common.layer;

import static dev.dropwise.common.layer.SampleNetworks.BATCH;
import static dev.dropwise.common.layer.SampleNetworks.cnn;
import static dev.dropwise.common.layer.SampleNetworks.dense;
import static dev.dropwise.common.layer.SampleNetworks.maxPooling;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Oracle: the stock layers on the same parameters, data and masks. */
@Timeout(60)
class FastLayersTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.dropwise.common.layer.SampleNetworks#all")
    void shouldAgreeWithStockWhenEvaluating(String name, MultiLayerConfiguration conf, long[] shape) {
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        INDArray x = Nets.features(conf.getDataType(), 3, shape);

        INDArray first = fast.output(x);
        assertClose(first, stock.output(x), conf.getDataType());
        fast.output(x.add(1));

        assertThat(first).as("an output is the caller's own").isEqualTo(fast.output(x));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.dropwise.common.layer.SampleNetworks#all")
    void shouldAgreeWithStockWhenTakingGradients(String name, MultiLayerConfiguration conf, long[] shape) {
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        INDArray x = Nets.features(conf.getDataType(), 3, shape);
        INDArray y = Nets.labels(conf.getDataType(), BATCH);

        double loss = new TrainingStep(fast).gradient(x, y);
        stock.setInput(x);
        stock.setLabels(y);
        stock.computeGradientAndScore();

        double penalty = stock.calcRegularizationScore(true);
        assertThat(loss / BATCH).isCloseTo(stock.score() - penalty, offset(1e-5));
        for (int i = 0; i < stock.getnLayers(); i++) {
            if (stock.getLayer(i).numParams() > 0) {
                INDArray expected = stock.getLayer(i).getGradientsViewArray();
                assertThat(expected.norm2Number().doubleValue())
                        .as("layer " + i)
                        .isPositive();
                assertClose(fast.getLayer(i).getGradientsViewArray(), expected, conf.getDataType());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.dropwise.common.layer.SampleNetworks#all")
    void shouldGiveTheSameBitsWhenDrivenByTheStockSequence(String name, MultiLayerConfiguration conf, long[] shape) {
        MultiLayerNetwork own = network(FastLayers.substitute(conf));
        MultiLayerNetwork driven = network(FastLayers.substitute(conf));
        INDArray x = Nets.features(conf.getDataType(), 3, shape);
        INDArray y = Nets.labels(conf.getDataType(), BATCH);

        new TrainingStep(own).gradient(x, y);
        driven.setInput(x);
        driven.setLabels(y);
        driven.computeGradientAndScore();

        assertThat(own.getFlattenedGradients()).isEqualTo(driven.getFlattenedGradients());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.dropwise.common.layer.SampleNetworks#all")
    void shouldStayWithStockWhenTrainingTwentySteps(String name, MultiLayerConfiguration conf, long[] shape) {
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        TrainingStep step = new TrainingStep(fast);
        INDArray start = stock.params().dup();
        for (int i = 0; i < 20; i++) {
            INDArray x = Nets.features(conf.getDataType(), i, shape);
            INDArray y = Nets.labels(conf.getDataType(), BATCH);
            StepBenchmark.stockStep(stock, x, y);
            step.gradient(x, y);
            step.update(BATCH, i, 0);
        }

        assertThat(stock.params().distance2(start)).as("stock has moved").isGreaterThan(1e-2);
        assertThat(relativeDistance(fast.params(), stock.params())).isLessThan(1e-4);
    }

    @Test
    void shouldDrawTheSameNoiseWhenWeightsAreNoisy() {
        MultiLayerConfiguration conf = SampleNetworks.builder(new Adam(1e-3))
                .list()
                .layer(dense().nIn(20).nOut(9).weightNoise(new DropConnect(0.5)).build())
                .layer(Nets.output(9).weightNoise(new DropConnect(0.5)).build())
                .build();
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        INDArray x = Nets.features(DataType.FLOAT, 3, BATCH, 20);
        INDArray y = Nets.labels(DataType.FLOAT, BATCH);

        Nd4j.getRandom().setSeed(11);
        stock.setInput(x);
        stock.setLabels(y);
        stock.computeGradientAndScore();
        Nd4j.getRandom().setSeed(11);
        new TrainingStep(fast).gradient(x, y);

        assertClose(fast.getFlattenedGradients(), stock.getFlattenedGradients(), DataType.FLOAT);
    }

    @Test
    void shouldAgreeWithStockWhenMostActivationsAreZero() {
        MultiLayerConfiguration conf = SampleNetworks.builder(new Adam(1e-3))
                .activation(Activation.RELU)
                .list()
                .layer(dense().nIn(300).nOut(300).biasInit(-0.2).build())
                .layer(dense().nIn(300).nOut(300).biasInit(-0.05).build())
                .layer(Nets.output(300).build())
                .build();
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        INDArray x = Nets.features(DataType.FLOAT, 3, 64, 300);
        INDArray y = Nets.labels(DataType.FLOAT, 64);

        new TrainingStep(fast).gradient(x, y);
        stock.setInput(x);
        stock.setLabels(y);
        stock.computeGradientAndScore();

        for (INDArray activation : stock.feedForward(x).subList(1, 3)) {
            assertThat(activation.gt(0).castTo(DataType.DOUBLE).meanNumber().doubleValue())
                    .isBetween(0.01, 0.3);
        }
        assertClose(fast.getFlattenedGradients(), stock.getFlattenedGradients(), DataType.FLOAT);
    }

    @Test
    void shouldLeaveTheStockConfigurationAloneWhenSubstituting() {
        MultiLayerConfiguration stock = Nets.w2();
        String before = stock.toJson();

        MultiLayerConfiguration fast = FastLayers.substitute(stock);

        assertThat(stock.toJson()).isEqualTo(before);
        assertThat(layerTypes(stock))
                .isEqualTo(
                        "ConvolutionLayer SubsamplingLayer ConvolutionLayer SubsamplingLayer DenseLayer OutputLayer");
        assertThat(layerTypes(fast))
                .isEqualTo("FastConvolution FastPooling FastConvolution SubsamplingLayer FastDense FastOutput");
    }

    private static String layerTypes(MultiLayerConfiguration conf) {
        return conf.getConfs().stream()
                .map(each -> each.getLayer().getClass().getSimpleName())
                .collect(Collectors.joining(" "));
    }

    @Test
    void shouldSurviveJsonWhenSubstituted() {
        MultiLayerConfiguration fast = FastLayers.substitute(Nets.w2());

        MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(fast.toJson());

        assertThat(read.toJson()).isEqualTo(fast.toJson());
        assertThat(read.getConf(0).getLayer()).isInstanceOf(FastConvolution.class);
    }

    @Test
    void shouldFitWhenTheStockLoopTrainsAFastNetworkOnFlatImages() {
        ListBuilder list = cnn(new ConvolutionLayer.Builder(3, 3), maxPooling());
        MultiLayerConfiguration conf =
                list.setInputType(InputType.convolutionalFlat(14, 13, 1)).build();
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        INDArray x = Nets.features(DataType.FLOAT, 3, BATCH, 14 * 13);
        INDArray y = Nets.labels(DataType.FLOAT, BATCH);
        for (int i = 0; i < 3; i++) {
            stock.fit(x, y);
            fast.fit(x, y);
        }

        assertThat(relativeDistance(fast.params(), stock.params())).isLessThan(1e-5);
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration conf) {
        MultiLayerNetwork network = new MultiLayerNetwork(conf.clone());
        network.init();
        return network;
    }

    private static void assertClose(INDArray found, INDArray expected, DataType type) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(relativeDistance(found, expected)).isLessThan(type == DataType.DOUBLE ? 1e-13 : 2e-6);
    }

    private static double relativeDistance(INDArray found, INDArray expected) {
        INDArray difference = found.castTo(DataType.DOUBLE).sub(expected.castTo(DataType.DOUBLE));
        return difference.norm2Number().doubleValue()
                / expected.castTo(DataType.DOUBLE).norm2Number().doubleValue();
    }
}
