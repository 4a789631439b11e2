package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.Cutout;
import dev.dropwise.common.dropout.InvertedDropout;
import dev.dropwise.common.dropout.SpatialDropout;
import dev.dropwise.common.dropout.StandardDropout;
import dev.dropwise.common.dropout.Standout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.layer.PoolingDropoutLayer;
import dev.dropwise.common.layer.StandoutLayer;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Map;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class JsonModelTest {
    private static final ImageShape IMAGE = new ImageShape(1, 8, 8);
    private static final DropoutSpec HALF = DropoutSpec.parse("0.5");

    @Test
    void shouldTakeTheFileAsItIsWhenNoDropoutIsGiven() {
        MultiLayerConfiguration written = dense(64, 4);

        Model model = parse(written.toJson(), DropoutSpec.NONE);

        assertThat(model.flatInput()).isTrue();
        assertThat(updaterOf(model)).isEqualTo(new RmsProp(0.01));
        assertThat(dropout(model, 0)).isNull();
        assertThat(dropout(model, 1)).isNull();
        assertThat(model.configuration().getConf(0).getSeed())
                .isEqualTo(StreamKey.of(3, Purpose.INIT).value());
    }

    @Test
    void shouldAddTheGivenDropoutWhenALayerHasNoneOfItsOwn() {
        Model model = parse(dense(64, 4).toJson(), HALF);

        assertThat(dropout(model, 0)).isEqualTo(new InvertedDropout(0.2, 3, 0));
        assertThat(dropout(model, 1)).isEqualTo(new InvertedDropout(0.5, 3, 1));
    }

    @Test
    void shouldKeyTheMasksWhenTheFileHasDeeplearning4jsOwnDropout() {
        // Deeplearning4j's argument is the probability to retain.
        Model model = parse(
                dense(64, 4, new org.deeplearning4j.nn.conf.dropout.Dropout(0.75))
                        .toJson(),
                HALF);

        assertThat(dropout(model, 1)).isEqualTo(new InvertedDropout(0.25, 3, 1));
    }

    @Test
    void shouldKeyEveryDropoutOfDeeplearning4jsThatOneOfOursIsDistributedLike() {
        assertThat(dropout(parse(dense(64, 4, new GaussianDropout(0.3)).toJson(), HALF), 1))
                .isEqualTo(new dev.dropwise.common.dropout.GaussianDropout(0.3, 3, 1));
        assertThat(dropout(parse(dense(64, 4, new AlphaDropout(0.75)).toJson(), HALF), 1))
                .isEqualTo(new dev.dropwise.common.dropout.AlphaDropout(0.25, 3, 1));
        MultiLayerConfiguration maps = convolution(InputType.convolutional(8, 8, 1));
        maps.getConf(0).getLayer().setIDropout(new org.deeplearning4j.nn.conf.dropout.SpatialDropout(0.75));
        assertThat(dropout(parse(maps.toJson(), HALF), 0)).isEqualTo(new SpatialDropout(0.25, 3, 0));
    }

    @Test
    void shouldTakeImagesWhenTheFirstLayerIsAConvolution() {
        Model model = parse(convolution(InputType.convolutional(8, 8, 1)).toJson(), HALF);

        assertThat(model.flatInput()).isFalse();
        assertThat(dropout(model, 1)).as("pooling").isNull();
        assertThat(parse(convolution(InputType.convolutionalFlat(8, 8, 1)).toJson(), HALF)
                        .flatInput())
                .isTrue();
    }

    @Test
    void shouldNameLayerExpectedAndFoundWhenSizesDoNotFitTheData() {
        assertRefused(dense(63, 4).toJson(), "net.json", "nIn) of layer 0", "expected 64", "found 63");
        assertRefused(dense(64, 5).toJson(), "nOut) of the last layer", "expected 4", "found 5");
        MultiLayerConfiguration gap = dense(64, 4);
        ((OutputLayer) gap.getConf(1).getLayer()).setNIn(7);
        assertRefused(gap.toJson(), "nIn) of layer 1", "expected 10", "found 7");
        assertRefused(convolution(InputType.convolutional(8, 8, 3)).toJson(), "channels", "expected 1", "found 3");
    }

    @Test
    void shouldRefuseWhenTheFileIsNoConfigurationOrTruncatesBackpropagation() {
        assertRefused("{\"layers\": []}", "net.json", "MultiLayerConfiguration");
        assertRefused("{\"confs\": []}", "net.json", "no layers");
        assertRefused("no json", "net.json", "MultiLayerConfiguration");
        MultiLayerConfiguration truncated = dense(64, 4);
        truncated.setBackpropType(BackpropType.TruncatedBPTT);
        assertRefused(truncated.toJson(), "truncated BPTT");
    }

    @Test
    void shouldNameThePropertyWhenADropoutLacksWhatItDropsWith() {
        String json = dense(64, 4, new InvertedDropout(0.3)).toJson();
        assertThat(json).contains("\"dropProbability\" : 0.3");

        assertRefused(json.replace("dropProbability", "dropProbabilty"), "net.json", "property 'dropProbability'");
    }

    @Test
    void shouldNameTheLayerWhenItsNoiseCannotBeKeyed() {
        assertRefused(dense(64, 4, new GaussianNoise(0.3)).toJson(), "layer 1", "GaussianNoise");
        assertRefused(
                dense(64, 4, new GaussianDropout(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.5))))
                        .toJson(),
                "layer 1",
                "GaussianDropout",
                "without a schedule");
        MultiLayerConfiguration noisy = dense(64, 4);
        ((DenseLayer) noisy.getConf(0).getLayer()).setWeightNoise(new DropConnect(0.5));
        assertRefused(noisy.toJson(), "layer 0", "DropConnect");
    }

    @Test
    void shouldNameTheLayerWhenItsActivationDrawsNoise() {
        MultiLayerConfiguration network = dense(64, 4);
        ((DenseLayer) network.getConf(0).getLayer()).setActivationFn(new ActivationRReLU());
        assertRefused(network.toJson(), "layer 0 (DenseLayer)", "RReLU", "use LEAKYRELU");

        assertRefused(
                behindConvolution(new ActivationLayer(new ActivationRReLU())).toJson(),
                "layer 1 (ActivationLayer)",
                "RReLU");
    }

    @Test
    void shouldRefuseWhatTheTrainingLoopWouldIgnore() {
        MultiLayerConfiguration network = dense(64, 4);
        network.getConf(1).setOptimizationAlgo(OptimizationAlgorithm.LBFGS);
        assertRefused(network.toJson(), "layer 1", "expected optimizationAlgo STOCHASTIC_GRADIENT_DESCENT", "LBFGS");

        MultiLayerConfiguration uphill = dense(64, 4);
        uphill.getConf(0).setMinimize(false);
        assertRefused(uphill.toJson(), "layer 0", "minimize true", "and false");
    }

    @Test
    void shouldRefuseCutoutOfOtherImagesThanTheDataHas() {
        MultiLayerConfiguration network = dense(64, 4);
        network.getConf(0).getLayer().setIDropout(new Cutout(3, 4, 4, 0, 0));
        assertRefused(network.toJson(), "layer 0", "expected cutout on images of 8x8", "found one on 4x4");

        network.getConf(0).getLayer().setIDropout(new Cutout(3, 8, 8, 0, 0));
        assertThat(dropout(parse(network.toJson(), DropoutSpec.NONE), 0)).isEqualTo(new Cutout(3, 8, 8, 0, 0));
    }

    @Test
    void shouldTrainPReLUByTheGradientForAnyBatchAndExportTheStockLayerWhenTheFileHasIt() {
        MultiLayerConfiguration network = behindConvolution(new PReLULayer.Builder()
                .sharedAxes(2, 3)
                .updater(new RmsProp(0.1))
                .build());
        Layer stock = network.getConf(1).getLayer();

        Model model = parse(network.toJson(), DropoutSpec.NONE);

        Layer ours = model.configuration().getConf(1).getLayer();
        assertThat(ours).isInstanceOf(AnyBatchPReLU.class);
        assertThat(((AnyBatchPReLU) ours).stock()).isEqualTo(stock);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.dropwise.driver.job.TrainSession",
                "java.util.HashMap",
                "javax.swing.JEditorPane",
                "org.deeplearning4j.nn.conf.layers.DenseLayer<java.util.HashMap>",
                "org.deeplearning4j.nnx.Layer",
                "[Lorg.deeplearning4j.nn.conf.layers.DenseLayer;",
                "Unpackaged",
                ""
            })
    void shouldRefuseBeforeItIsLoadedWhenTheFileNamesAnyOtherClass(String foreign) {
        // given: a name that is right but for its class, for a layer and for an updater
        String json = dense(64, 4).toJson();
        String layer = "org.deeplearning4j.nn.conf.layers.DenseLayer";
        String updater = "org.nd4j.linalg.learning.config.RmsProp";
        assertThat(json).contains(layer, updater);

        // then
        assertRefused(json.replace(layer, foreign), "net.json", "found the class " + foreign, "admitted are");
        assertRefused(json.replace(updater, foreign), "net.json", "found the class " + foreign, "admitted are");
        assertRefused(json.replace("\"@class\" : \"" + layer, "\"\\u0040class\" : \"" + foreign), "found the class");
    }

    @Test
    void shouldRefuseADistributionWhenItsClassIsForeign() {
        MultiLayerConfiguration network = dense(64, 4);
        ((DenseLayer) network.getConf(0).getLayer())
                .setWeightInitFn(new WeightInitDistribution(new NormalDistribution(0, 1)));
        String json = network.toJson();
        String name = NormalDistribution.class.getName();
        assertThat(json).contains("\"type\" : \"" + name);
        assertThat(parse(json, DropoutSpec.NONE).flatInput()).isTrue();

        assertRefused(json.replace(name, "java.util.HashMap"), "found the class java.util.HashMap");
    }

    @Test
    void shouldRefuseWhenATextIsNotStrictSinceAnotherReaderMightGoOn() {
        assertRefused("/* a comment */ " + dense(64, 4).toJson(), "net.json", "MultiLayerConfiguration");
    }

    @Test
    void shouldGiveMapKindsToLaterConvolutionsAndRefuseThemElsewhere() {
        DropoutSpec spatial = DropoutSpec.parse("spatial:0.3");
        assertThatThrownBy(() -> parse(dense(64, 4).toJson(), spatial))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("net.json", "spatial:0.3", "inverted:0.3");
        assertRefused(dense(64, 4, new SpatialDropout(0.3)).toJson(), "layer 1", "OutputLayer", "convolution");
        assertRefused(dense(64, 4, new Cutout(3, 8, 8, 0, 0)).toJson(), "layer 1", "move it to layer 0");
    }

    @Test
    void shouldRefuseStandardDropoutWhenNoLayerScalesInEvaluation() {
        assertRefused(dense(64, 4, new StandardDropout(0.3)).toJson(), "layer 1", "StandardDropoutLayer");
        assertThatThrownBy(() -> parse(dense(64, 4).toJson(), DropoutSpec.parse("standard:0.3")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("StandardDropoutLayer");
    }

    @Test
    void shouldPutKindsInsideOfLayersThatHaveNoDropoutOfTheirOwn() {
        Model model = parse(dense(64, 4).toJson(), DropoutSpec.parse("standout:0.25"));
        assertThat(layer(model, 0))
                .isInstanceOfSatisfying(
                        StandoutLayer.class, layer -> assertThat(layer.noise()).isEqualTo(new Standout(0.25, 3, 0)));
        assertThat(layer(model, 1)).isExactlyInstanceOf(OutputLayer.class);
        Model again = parse(model.configuration().toJson(), DropoutSpec.NONE);
        assertThat(layer(again, 0)).isEqualTo(layer(model, 0));

        MultiLayerConfiguration maps = convolution(InputType.convolutional(8, 8, 1));
        ((ConvolutionLayer) maps.getConf(0).getLayer()).setActivationFn(new ActivationReLU());
        assertThat(layer(parse(maps.toJson(), DropoutSpec.parse("pooling:0.3")), 1))
                .isInstanceOf(PoolingDropoutLayer.class);
    }

    @Test
    void shouldNameLayerAndRemedyWhenAKindInsideOfLayersCannotStandThere() {
        MultiLayerConfiguration maps = convolution(InputType.convolutional(8, 8, 1));
        ((ConvolutionLayer) maps.getConf(0).getLayer()).setActivationFn(new ActivationTanH());
        assertThatThrownBy(() -> parse(maps.toJson(), DropoutSpec.parse("pooling:0.3")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("layer 1 (PoolingDropoutLayer)", "layer 0 (ConvolutionLayer)", "RELU");
        assertThatThrownBy(() -> parse(dense(64, 4).toJson(), DropoutSpec.parse("pooling:0.3")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("max-pooling", "found DenseLayer, OutputLayer", "inverted:0.3");
        assertThatThrownBy(() -> parse(maps.toJson(), DropoutSpec.parse("dropconnect:0.3")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("needs a DenseLayer", "ConvolutionLayer", "inverted:0.3");
        MultiLayerConfiguration normalised = dense(64, 4);
        ((DenseLayer) normalised.getConf(0).getLayer()).setHasLayerNorm(true);
        assertThatThrownBy(() -> parse(normalised.toJson(), DropoutSpec.parse("standout:0.3")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("layer 0 (StandoutLayer)", "hasLayerNorm");
        ((ConvolutionLayer) maps.getConf(0).getLayer()).setActivationFn(new ActivationReLU());
        ((SubsamplingLayer) maps.getConf(1).getLayer()).setConvolutionMode(ConvolutionMode.Same);
        assertThatThrownBy(() -> parse(maps.toJson(), DropoutSpec.parse("pooling:0.3")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("layer 1 (PoolingDropoutLayer)", "Same");
    }

    private static Layer layer(Model model, int index) {
        return model.configuration().getConf(index).getLayer();
    }

    private static MultiLayerConfiguration dense(int inputs, int outputs) {
        MultiLayerConfiguration network = dense(inputs, outputs, new InvertedDropout(0));
        network.getConf(1).getLayer().setIDropout(null);
        return network;
    }

    private static MultiLayerConfiguration dense(int inputs, int outputs, IDropout dropout) {
        return new NeuralNetConfiguration.Builder()
                .updater(new RmsProp(0.01))
                .list()
                .layer(new DenseLayer.Builder().nIn(inputs).nOut(10).build())
                .layer(new OutputLayer.Builder()
                        .nIn(10)
                        .nOut(outputs)
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .dropOut(dropout)
                        .build())
                .build();
    }

    private static MultiLayerConfiguration convolution(InputType input) {
        return new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(2).build())
                .layer(new SubsamplingLayer.Builder()
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nOut(4)
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .build())
                .setInputType(input)
                .build();
    }

    private static MultiLayerConfiguration behindConvolution(Layer layer) {
        return new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(2).build())
                .layer(layer)
                .layer(new OutputLayer.Builder()
                        .nOut(4)
                        .activation(org.nd4j.linalg.activations.Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutionalFlat(8, 8, 1))
                .build();
    }

    @Test
    void shouldGoOnIgnoringWhatTheBuilderGivesLayersThatNeverLookAtIt() {
        MultiLayerConfiguration network = convolution(InputType.convolutionalFlat(8, 8, 1));
        for (int layer = 0; layer < 3; layer++) {
            network.getConf(layer).getLayer().setIDropout(new org.deeplearning4j.nn.conf.dropout.Dropout(0.75));
        }

        Model model = parse(network.toJson(), DropoutSpec.NONE);

        assertThat(dropout(model, 0)).isEqualTo(new InvertedDropout(0.25, 3, 0));
        assertThat(dropout(model, 1)).isNull();
        assertThat(dropout(model, 2)).isEqualTo(new InvertedDropout(0.25, 3, 2));
    }

    private static Model parse(String json, DropoutSpec dropout) {
        DropoutSpec input = dropout.isNone() ? DropoutSpec.NONE : DropoutSpec.parse("0.2");
        var config = new ModelConfig("net.json", Activation.RELU, dropout, input, Regularisation.NONE);
        return JsonModel.parse(config, json, IMAGE, 4, 3);
    }

    private static void assertRefused(String json, String... parts) {
        assertThatThrownBy(() -> parse(json, HALF))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll(parts);
    }

    private static Object dropout(Model model, int layer) {
        return model.configuration().getConf(layer).getLayer().getIDropout();
    }

    private static Object updaterOf(Model model) {
        return model.configuration().getConf(0).getLayer().getUpdaterByParam("W");
    }
}
