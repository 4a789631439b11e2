package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.dropout.MaskAudit;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.common.dropout.NoisyLayer;
import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What every kind of dropout inside of layers promises, one row a kind, as {@code DropoutFamilyTest} has it for kinds on a layer's
 * input: the layer is second of three, for batches of 8 examples. All seeds are fixed.
 */
class NoisyLayerFamilyTest {
    private static final LayerWorkspaceMgr WORKSPACES = LayerWorkspaceMgr.noWorkspaces();
    private static final int BATCH = 8;
    private static final int CLASSES = 3;
    private static final int SIDE = 8;
    private static final int DRAWS = 400;
    private static final double STANDARD_ERRORS = 3;

    /** How the mean over masks relates to evaluation. */
    private enum Mean {
        /** Evaluation is the mean, exactly. */
        EXACT,
        /** As far as a sum of masked terms is normal, and within what a finite number of samples leaves. */
        APPROXIMATE
    }

    /**
     * One kind.
     *
     * @param activation of the noisy layer, or of the convolution below it
     * @param window of the pooling layer, 0 for a dense layer
     */
    private record Row(String spec, Mean mean, Activation activation, int window, int stride) {
        static Row dense(String spec, Mean mean, Activation activation) {
            return new Row(spec, mean, activation, 0, 0);
        }

        MultiLayerConfiguration configuration(DataType type) {
            var list = new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .dataType(type)
                    .updater(new Sgd(1))
                    .weightInit(WeightInit.XAVIER)
                    .biasInit(0.1)
                    .list();
            if (window == 0) {
                list.layer(new DenseLayer.Builder()
                        .nOut(10)
                        .activation(Activation.TANH)
                        .build());
            } else {
                list.layer(new ConvolutionLayer.Builder(2, 2)
                        .nOut(3)
                        .activation(activation)
                        .build());
            }
            return list.layer(NoisyLayers.of(DropoutSpec.parse(spec), stock(), 5, 1))
                    .layer(new OutputLayer.Builder()
                            .nOut(CLASSES)
                            .activation(Activation.SOFTMAX)
                            .build())
                    .setInputType(InputType.convolutional(SIDE, SIDE, 1))
                    .build();
        }

        private Layer stock() {
            return window == 0
                    ? new DenseLayer.Builder().nOut(9).activation(activation).build()
                    : new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                            .kernelSize(window, window)
                            .stride(stride, stride)
                            .build();
        }

        MultiLayerNetwork network(MaskContext masks) {
            MultiLayerNetwork network = new MultiLayerNetwork(configuration(DataType.DOUBLE));
            network.init();
            masks.bind(network);
            return network;
        }

        @Override
        public String toString() {
            return spec + (window == 0 ? "" : " window " + window);
        }
    }

    static Stream<Row> kinds() {
        return Stream.of(
                Row.dense("standout:0.5", Mean.EXACT, Activation.TANH),
                Row.dense("standout:0.3,alpha=-2,beta=0.5", Mean.EXACT, Activation.RELU),
                Row.dense("dropconnect:0.3,eval=mean", Mean.EXACT, Activation.IDENTITY),
                Row.dense("dropconnect:0.4,mask=batch,eval=mean", Mean.EXACT, Activation.IDENTITY),
                Row.dense("dropconnect:0.5,samples=2000", Mean.APPROXIMATE, Activation.TANH),
                Row.dense("dropconnect:0.5,mask=batch,samples=2000", Mean.APPROXIMATE, Activation.RELU),
                new Row("pooling:0.3", Mean.EXACT, Activation.RELU, 2, 2),
                new Row("pooling:0.6", Mean.EXACT, Activation.SIGMOID, 3, 2));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHaveTheMeanThatThePaperClaimsWhenAveragedOverMasks(Row row) {
        MaskContext masks = new MaskContext(MaskKeying.of(3), 0);
        MultiLayerNetwork network = row.network(masks);
        INDArray weights = random(4, evaluated(network).shape());
        double[] sums = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            masks.moveTo(0, 0, draw);
            sums[draw] = trained(network).mul(weights).sumNumber().doubleValue();
        }

        double evaluated = evaluated(network).mul(weights).sumNumber().doubleValue();

        double mean = Arrays.stream(sums).average().orElseThrow();
        double variance =
                Arrays.stream(sums).map(sum -> (sum - mean) * (sum - mean)).sum() / DRAWS;
        double allowed = STANDARD_ERRORS * Math.sqrt(variance / DRAWS);
        // Ten inputs are few for a normal distribution, and all examples share the 2000 samples of each unit.
        double slack =
                row.mean() == Mean.EXACT ? 0 : 0.02 * weights.norm2Number().doubleValue();
        assertThat(variance).isPositive();
        assertThat(evaluated).isCloseTo(mean, within(allowed + slack));
    }

    /**
     * Held fixed: the key, and so the words that masks come from; masks themselves where they depend on nothing else. Standout's may
     * change with the weights, and pooling's choice with the order of units, but within the step none does, or else this fails.
     * Every parameter of the noisy layer and the one above, every seventh of the one below.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void shouldMatchCentralDifferencesWhenTheMaskIsFixed(Row row) {
        MaskContext masks = new MaskContext(MaskKeying.of(4), 0);
        MultiLayerNetwork network = row.network(masks);
        masks.moveTo(1, 2, 3);
        score(network);
        INDArray gradient = network.getFlattenedGradients().dup();
        INDArray parameters = network.params();
        double step = 1e-6;
        double squaredError = 0;
        double squaredNorm = 0;
        long lowerCount = network.getLayer(0).numParams();
        for (long i = 0; i < parameters.length(); i += i + 7 < lowerCount ? 7 : 1) {
            double value = parameters.getDouble(i);
            parameters.putScalar(i, value + step);
            double above = score(network);
            parameters.putScalar(i, value - step);
            double below = score(network);
            parameters.putScalar(i, value);
            double numeric = BATCH * (above - below) / (2 * step);
            squaredError += Math.pow(numeric - gradient.getDouble(i), 2);
            squaredNorm += numeric * numeric;
        }

        assertThat(Math.sqrt(squaredError / squaredNorm)).isLessThan(1e-7);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldDrawAnotherMaskWhenSeedShardEpochOrStepDiffersAndTheSameOtherwise(Row row) {
        INDArray base = at(row, 9, 1, 2, 3);

        assertThat(at(row, 9, 1, 2, 3)).isEqualTo(base);
        assertThat(at(row, 8, 1, 2, 3)).isNotEqualTo(base);
        assertThat(at(row, 9, 0, 2, 3)).isNotEqualTo(base);
        assertThat(at(row, 9, 1, 0, 3)).isNotEqualTo(base);
        assertThat(at(row, 9, 1, 2, 0)).isNotEqualTo(base);
    }

    private static INDArray at(Row row, long seed, int shard, int epoch, int step) {
        MaskContext masks = new MaskContext(MaskKeying.of(seed), 0);
        MultiLayerNetwork network = row.network(masks);
        masks.moveTo(shard, epoch, step);
        return trained(network);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldGiveEachExampleAMaskOfItsOwnUnlessOneIsForTheBatch(Row row) {
        MaskContext masks = new MaskContext(MaskKeying.of(6), 0);
        MultiLayerNetwork network = row.network(masks);
        masks.moveTo(0, 0, 0);
        INDArray one = random(2, 1, 1, SIDE, SIDE);
        INDArray output = trained(network, Nd4j.tile(one, BATCH, 1, 1, 1)).reshape(BATCH, -1);

        int equalPairs = 0;
        for (int example = 1; example < BATCH; example++) {
            equalPairs += output.getRow(example).equalsWithEps(output.getRow(0), 1e-12) ? 1 : 0;
        }
        assertThat(equalPairs).isEqualTo(row.spec().contains("mask=batch") ? BATCH - 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldEvaluateTheSameBitsWhenAskedAgainElsewhereOrInAnotherBatch(Row row) {
        MaskContext masks = new MaskContext(MaskKeying.of(6), 0);
        MultiLayerNetwork network = row.network(masks);
        masks.moveTo(0, 0, 0);
        INDArray output = network.output(images());

        masks.moveTo(1, 2, 3);
        assertThat(network.output(images())).isEqualTo(output);
        assertThat(network.output(images().get(org.nd4j.linalg.indexing.NDArrayIndex.interval(3, 5)))
                        .equalsWithEps(output.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(3, 5)), 1e-12))
                .isTrue();
        MultiLayerNetwork unbound = new MultiLayerNetwork(row.configuration(DataType.DOUBLE));
        unbound.init();
        unbound.setParams(network.params());
        assertThat(unbound.output(images())).isEqualTo(output);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldAgreeWithDoublePrecisionWhenInSingle(Row row) {
        MaskContext masks = new MaskContext(MaskKeying.of(6), 0);
        MultiLayerNetwork network = row.network(masks);
        masks.moveTo(0, 0, 0);
        MultiLayerNetwork single = new MultiLayerNetwork(FastLayers.substitute(row.configuration(DataType.FLOAT)));
        single.init();
        single.setParams(network.params().castTo(DataType.FLOAT));
        MaskContext own = new MaskContext(MaskKeying.of(6), 0);
        own.bind(single);
        own.moveTo(0, 0, 0);

        score(network);
        new TrainingStep(single).gradient(images().castTo(DataType.FLOAT), labels().castTo(DataType.FLOAT));

        INDArray expected = network.getFlattenedGradients();
        INDArray found = single.getFlattenedGradients().castTo(DataType.DOUBLE).reshape(expected.shape());
        assertThat(found.sub(expected).norm2Number().doubleValue())
                .isLessThan(1e-5 * expected.norm2Number().doubleValue());
        assertThat(single.output(images().castTo(DataType.FLOAT))
                        .castTo(DataType.DOUBLE)
                        .equalsWithEps(network.output(images()), 1e-5))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldReadBackWhatItWroteWhenItGoesThroughJsonAndShareNothingWhenCloned(Row row) {
        MultiLayerConfiguration written = row.configuration(DataType.DOUBLE);

        MultiLayerConfiguration back = MultiLayerConfiguration.fromJson(written.toJson());

        assertThat(back).isEqualTo(written);
        NoisyLayer layer = (NoisyLayer) written.getConf(1).getLayer();
        NoisyLayer read = (NoisyLayer) back.getConf(1).getLayer();
        NoisyLayer clone = (NoisyLayer) written.clone().getConf(1).getLayer();
        assertThat(read.noise()).isEqualTo(layer.noise()).hasSameHashCodeAs(layer.noise());
        assertThat(clone.noise()).isEqualTo(layer.noise()).isNotSameAs(layer.noise());
        assertThat(written.toJson()).doesNotContain("bound");
        String spec = row.spec().replaceFirst(":0.", ":0.1");
        Row other = new Row(spec, row.mean(), row.activation(), row.window(), row.stride());
        assertThat(other.configuration(DataType.DOUBLE)).isNotEqualTo(written);
        assertThatThrownBy(() -> MultiLayerConfiguration.fromJson(written.toJson()
                        .replaceFirst("\"(standout|dropConnect|poolingDropout)\" : \\{[^}]*}", "\"$1\" : null")))
                .hasMessageContaining("Invalid `null` value");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldPassTheAuditWhenKeysDifferAndFailWhenTwoShardsShareOne(Row row) {
        MaskKeying streams = MaskKeying.of(99);

        assertThatCode(() -> MaskAudit.verify(records(row, streams).records())).doesNotThrowAnyException();
        assertThatThrownBy(() ->
                        MaskAudit.verify(records(row, (shard, site, epoch, step) -> streams.key(0, site, epoch, step))
                                .records()))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("(shard 0 site 4 step 0)", "(shard 1 site 4 step 0)", "equal");
    }

    private static MaskContext records(Row row, MaskKeying keying) {
        MaskContext context = new MaskContext(keying, MaskContext.RECORDED_PASSES);
        MultiLayerNetwork network = row.network(context);
        for (int step = 0; step < 3; step++) {
            for (int shard = 0; shard < 4; shard++) {
                context.moveTo(shard, 0, step);
                trained(network);
            }
        }
        return context;
    }

    @Test
    void shouldRefuseOneLayerInTwoPlacesWhenBound() {
        DenseLayer dense = new DenseLayer.Builder().nIn(4).nOut(4).build();
        Layer twice = NoisyLayers.of(DropoutSpec.parse("standout:0.5"), dense, 1, 0);
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(twice)
                .layer(twice)
                .layer(new OutputLayer.Builder()
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();

        assertThatThrownBy(() -> new MaskContext(1).bind(network))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("site 4", "drawn from by the layer at site 3 already", "clone()");
    }

    @Test
    void shouldRefuseTwoNetworksWithOneConfigurationWhenBound() {
        MultiLayerConfiguration shared =
                Row.dense("standout:0.5", Mean.EXACT, Activation.TANH).configuration(DataType.DOUBLE);
        MultiLayerNetwork first = new MultiLayerNetwork(shared);
        first.init();
        MultiLayerNetwork second = new MultiLayerNetwork(shared);
        second.init();
        new MaskContext(1).bind(first);

        assertThatThrownBy(() -> new MaskContext(1).bind(second))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("configuration.clone()");
    }

    /** The noisy layer's output in evaluation. */
    private static INDArray evaluated(MultiLayerNetwork network) {
        return network.feedForwardToLayer(1, images(), false).get(2);
    }

    /** The noisy layer's output in training mode; nothing of the pass is left behind. */
    private static INDArray trained(MultiLayerNetwork network) {
        return trained(network, images());
    }

    private static INDArray trained(MultiLayerNetwork network, INDArray images) {
        INDArray input = network.feedForwardToLayer(0, images, false).get(1);
        var between = network.getLayerWiseConfigurations().getInputPreProcess(1);
        if (between != null) {
            input = between.preProcess(input, (int) images.size(0), WORKSPACES);
        }
        INDArray output = network.getLayer(1).activate(input, true, WORKSPACES).dup('c');
        network.clearLayersStates();
        return output;
    }

    private static double score(MultiLayerNetwork network) {
        network.setInput(images());
        network.setLabels(labels());
        network.computeGradientAndScore();
        double score = network.score();
        network.clearLayersStates();
        return score;
    }

    private static INDArray images() {
        return random(2, BATCH, 1, SIDE, SIDE);
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }

    private static INDArray random(long seed, long... shape) {
        java.util.Random random = new java.util.Random(seed);
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.setAll(values, i -> random.nextGaussian());
        return Nd4j.createFromArray(values).reshape(shape);
    }
}
