package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.GaussianDropout;
import dev.dropwise.common.dropout.InvertedDropout;
import dev.dropwise.common.dropout.SpatialDropout;
import dev.dropwise.common.dropout.StandardDropout;
import dev.dropwise.common.dropout.StandardDropoutLayer;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.layer.NoisyLayers;
import dev.dropwise.common.layer.PoolingDropoutLayer;
import dev.dropwise.common.layer.StandoutLayer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Where dropout may stand in a network that a user wrote, and where that of the command line goes. */
class KindRulesTest {
    private static final ImageShape IMAGE = new ImageShape(1, 8, 8);
    private static final DropoutSpec HALF = DropoutSpec.parse("0.5");
    private static final DropoutSpec NONE = DropoutSpec.NONE;

    static Stream<Layer> ignoring() {
        return Stream.of(
                pooling(),
                new BatchNormalization(),
                new ActivationLayer(new org.nd4j.linalg.activations.impl.ActivationReLU()),
                new ZeroPaddingLayer(1, 1),
                new LocalResponseNormalization.Builder().build(),
                new GlobalPoolingLayer(),
                new Deconvolution2D.Builder(2, 2).nOut(2).build());
    }

    static Stream<Layer> applying() {
        return Stream.of(
                convolution(),
                new SeparableConvolution2D.Builder(2, 2).nOut(2).build(),
                new DepthwiseConvolution2D.Builder(2, 2).depthMultiplier(1).build(),
                new Upsampling2D.Builder(2).build(),
                new DenseLayer.Builder().nOut(5).build(),
                new DropoutLayer.Builder(new InvertedDropout(0.5)).build(),
                noisy("standout:0.5", new DenseLayer.Builder().nOut(5).build()),
                noisy("dropconnect:0.5", new DenseLayer.Builder().nOut(5).build()),
                noisy("pooling:0.5", pooling()));
    }

    @ParameterizedTest
    @MethodSource("ignoring")
    void shouldNameLayerAndRemedyWhenALayerWouldIgnoreItsDropout(Layer layer) {
        layer.setIDropout(new InvertedDropout(0.3));

        assertRefused(
                network(convolution(), layer, output()),
                NONE,
                "net.json: layer 1 (" + layer.getClass().getSimpleName() + ")",
                "InvertedDropout(dropProbability=0.3)",
                "put a DropoutLayer with it before the layer");
    }

    @ParameterizedTest
    @MethodSource("applying")
    void shouldTakeDropoutWhenALayerAppliesItBothWays(Layer layer) {
        layer.setIDropout(new InvertedDropout(0.3));

        Model model = parse(network(convolution(), layer, output()), NONE, NONE);

        assertThat(dropout(model, 1)).isEqualTo(new InvertedDropout(0.3));
    }

    @Test
    void shouldRefuseDropoutWhenTheLayerIsFrozenOrALossThatForgetsItOnTheWayBack() {
        DenseLayer dense = new DenseLayer.Builder()
                .nOut(5)
                .dropOut(new InvertedDropout(0.3))
                .build();
        assertRefused(
                network(convolution(), new FrozenLayer.Builder().layer(dense).build(), output()),
                NONE,
                "layer 1 (DenseLayer)",
                "FrozenLayer ignores");
        Layer loss = centerLoss();
        loss.setIDropout(new org.deeplearning4j.nn.conf.dropout.Dropout(0.5));
        assertRefused(network(convolution(), loss), NONE, "layer 1 (CenterLossOutputLayer)", "DropoutLayer with it");
    }

    @Test
    void shouldRefuseMapKindsWhenALayerIgnoresThemOrIsNotKnownToHaveMaps() {
        Layer pooling = pooling();
        pooling.setIDropout(new SpatialDropout(0.3));
        assertRefused(network(convolution(), pooling, output()), NONE, "layer 1 (SubsamplingLayer)", "move it there");
        Layer own = noisy("pooling:0.5", pooling());
        own.setIDropout(new SpatialDropout(0.3));
        assertThat(dropout(parse(network(convolution(), own, output()), NONE, NONE), 1))
                .isEqualTo(new SpatialDropout(0.3));
        Layer deconvolution = new Deconvolution2D.Builder(2, 2).nOut(2).build();
        deconvolution.setIDropout(new SpatialDropout(0.3));
        assertRefused(
                network(convolution(), deconvolution, output()), NONE, "layer 1 (Deconvolution2D)", "ConvolutionLayer");
        assertRefused(
                network(convolution(), new DropoutLayer(new SpatialDropout(0.3)), output()),
                NONE,
                "layer 1 (DropoutLayer)",
                "move it there");
    }

    @Test
    void shouldRefuseAStandardDropoutLayerWhenItHoldsNoneOrAnotherKind() {
        StandardDropoutLayer empty = new StandardDropoutLayer();
        assertRefused(
                network(convolution(), empty, output()),
                NONE,
                "layer 1 (StandardDropoutLayer)",
                "found none",
                "give it");
        StandardDropoutLayer other = new StandardDropoutLayer();
        other.setIDropout(new InvertedDropout(0.3));
        assertRefused(
                network(convolution(), other, output()),
                NONE,
                "layer 1 (StandardDropoutLayer)",
                "found InvertedDropout(dropProbability=0.3)");
        Layer right = new StandardDropoutLayer(new StandardDropout(0.3));
        assertThat(dropout(parse(network(convolution(), right, output()), NONE, NONE), 1))
                .isEqualTo(new StandardDropout(0.3));
    }

    @Test
    void shouldGiveNoDropoutToLayersThatWouldForgetItOnTheWayBack() {
        Layer deconvolution = new Deconvolution2D.Builder(2, 2).nOut(2).build();

        Model model = parse(network(convolution(), deconvolution, convolution(), centerLoss()), HALF, NONE);

        assertThat(dropout(model, 1)).isNull();
        assertThat(dropout(model, 2)).isEqualTo(new InvertedDropout(0.5, 3, 2));
        assertThat(dropout(model, 3)).isNull();
        assertRefused(
                network(convolution(), deconvolution(), centerLoss()),
                HALF,
                "--dropout inverted:0.5",
                "ConvolutionLayer, Deconvolution2D, CenterLossOutputLayer",
                "--dropout none");
        assertRefused(
                network(convolution(), deconvolution(), output()),
                DropoutSpec.parse("spatial:0.5"),
                "found no convolution behind layer 0");
        parse(network(output()), HALF, NONE);
    }

    @Test
    void shouldNotDropTwiceWhenALayerDropsWithinOrAfterADropoutLayer() {
        Layer standout = noisy("standout:0.5", new DenseLayer.Builder().nOut(5).build());
        Layer dropping = new DropoutLayer(new org.deeplearning4j.nn.conf.dropout.Dropout(0.75));

        Model model = parse(network(convolution(), standout, dropping, output()), HALF, NONE);

        assertThat(dropout(model, 1)).isNull();
        assertThat(dropout(model, 2)).isEqualTo(new InvertedDropout(0.25, 3, 2));
        assertThat(dropout(model, 3)).isNull();
        Layer idle = new DropoutLayer(new InvertedDropout(0));
        assertThat(dropout(parse(network(convolution(), idle, output()), HALF, NONE), 2))
                .isEqualTo(new InvertedDropout(0.5, 3, 2));
        Layer standard = new StandardDropoutLayer(new StandardDropout(0.3));
        assertThat(dropout(parse(network(convolution(), standard, output()), HALF, NONE), 2))
                .isNull();
    }

    @Test
    void shouldGiveInputDropoutToTheFirstLayerOrRefuseItWhenThatWouldIgnoreIt() {
        DropoutSpec fifth = DropoutSpec.parse("0.2");
        MultiLayerConfiguration padded = network(new ZeroPaddingLayer(1, 1), convolution(), output());
        assertThatThrownBy(() -> parse(padded, HALF, fifth))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll(
                        "net.json: layer 0 (ZeroPaddingLayer)", "--input-dropout inverted:0.2", "first");
        assertThat(dropout(parse(padded, HALF, NONE), 1)).isEqualTo(new InvertedDropout(0.5, 3, 1));

        MultiLayerConfiguration dense =
                network(new DenseLayer.Builder().nIn(64).nOut(5).build(), output());
        Model model = parse(dense, DropoutSpec.parse("standout:0.5"), fifth);
        assertThat(model.configuration().getConf(0).getLayer()).isInstanceOf(StandoutLayer.class);
        assertThat(dropout(model, 0)).isEqualTo(new InvertedDropout(0.2, 3, 0));
        assertThat(dropout(model, 1)).isNull();
    }

    @Test
    void shouldRefuseAnotherDataTypeThanRanksExchange() {
        MultiLayerConfiguration network = network(convolution(), output());
        network.setDataType(DataType.DOUBLE);

        assertRefused(network, NONE, "net.json", "expected dataType FLOAT", "found DOUBLE", "write");
    }

    @Test
    void shouldRefusePoolingDropoutWhenDropoutBeforeItMakesUnitsNegative() {
        PoolingDropoutLayer pooling = (PoolingDropoutLayer) noisy("pooling:0.5", pooling());
        Layer alpha = new DropoutLayer(new org.deeplearning4j.nn.conf.dropout.AlphaDropout(0.5));
        assertRefused(
                network(convolution(), alpha, pooling.clone(), output()),
                NONE,
                "layer 2 (PoolingDropoutLayer)",
                "found layer 1 (DropoutLayer)",
                "give that InvertedDropout");
        Layer halving = new DropoutLayer(new org.deeplearning4j.nn.conf.dropout.Dropout(0.5));
        assertThat(dropout(parse(network(convolution(), halving, pooling.clone(), output()), NONE, NONE), 1))
                .isEqualTo(new InvertedDropout(0.5, 3, 1));
        IDropout gaussian = new GaussianDropout(0.5);
        pooling.setIDropout(gaussian);
        assertRefused(
                network(convolution(), pooling, output()), NONE, "layer 1 (PoolingDropoutLayer)", "found " + gaussian);
    }

    private static Layer noisy(String spec, Layer stock) {
        return NoisyLayers.of(DropoutSpec.parse(spec), stock, 3, 1);
    }

    private static Layer convolution() {
        return new ConvolutionLayer.Builder(2, 2)
                .nOut(2)
                .activation(org.nd4j.linalg.activations.Activation.RELU)
                .build();
    }

    private static Layer deconvolution() {
        return new Deconvolution2D.Builder(2, 2).nOut(2).build();
    }

    private static Layer pooling() {
        return new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build();
    }

    private static Layer output() {
        return new OutputLayer.Builder()
                .nOut(4)
                .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                .build();
    }

    private static Layer centerLoss() {
        return new CenterLossOutputLayer.Builder()
                .nOut(4)
                .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerConfiguration network(Layer... layers) {
        var list = new NeuralNetConfiguration.Builder().list();
        for (Layer layer : layers) {
            list.layer(layer);
        }
        return list.setInputType(InputType.convolutionalFlat(8, 8, 1)).build();
    }

    private static Model parse(MultiLayerConfiguration network, DropoutSpec dropout, DropoutSpec input) {
        var config = new ModelConfig("net.json", Activation.RELU, dropout, input, Regularisation.NONE);
        return JsonModel.parse(config, network.toJson(), IMAGE, 4, 3);
    }

    private static void assertRefused(MultiLayerConfiguration network, DropoutSpec dropout, String... parts) {
        assertThatThrownBy(() -> parse(network, dropout, NONE))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll(parts);
    }

    private static IDropout dropout(Model model, int layer) {
        return model.configuration().getConf(layer).getLayer().getIDropout();
    }
}
