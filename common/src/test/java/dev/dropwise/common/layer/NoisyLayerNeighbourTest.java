package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.dropout.AlphaDropout;
import dev.dropwise.common.dropout.GaussianDropout;
import dev.dropwise.common.dropout.InvertedDropout;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A stock layer behind one that draws noise within overwrites its input, which in single precision is what the noisy layer keeps for its
 * way back. In double precision that one keeps its pre-activation, and nothing is overwritten.
 */
class NoisyLayerNeighbourTest {
    private static final int BATCH = 8;
    private static final int INPUTS = 6;
    private static final int CLASSES = 3;

    static Stream<Arguments> neighbours() {
        List<IDropout> dropouts = List.of(new GaussianDropout(0.5), new AlphaDropout(0.5), new InvertedDropout(0.5));
        return Stream.of("standout:0.5", "dropconnect:0.3,mask=example", "dropconnect:0.3,mask=batch")
                .flatMap(spec -> Stream.of(Activation.RELU, Activation.TANH)
                        .flatMap(activation ->
                                dropouts.stream().map(dropout -> Arguments.of(spec, activation, dropout))));
    }

    @ParameterizedTest
    @MethodSource("neighbours")
    void shouldHaveTheGradientOfDoublePrecisionWhenTheNextLayerDropsInPlace(
            String spec, Activation activation, IDropout dropout) {
        MultiLayerConfiguration wide = configuration(spec, activation, dropout, DataType.DOUBLE);
        MultiLayerNetwork exact = network(wide);
        MultiLayerNetwork single =
                network(FastLayers.substitute(configuration(spec, activation, dropout, DataType.FLOAT)));
        single.setParams(exact.params().castTo(DataType.FLOAT));
        exact.setInput(features());
        exact.setLabels(labels());

        exact.computeGradientAndScore();
        new TrainingStep(single).gradient(features().castTo(DataType.FLOAT), labels().castTo(DataType.FLOAT));

        INDArray expected = exact.getFlattenedGradients();
        INDArray found = single.getFlattenedGradients().castTo(DataType.DOUBLE).reshape(expected.shape());
        assertThat(found.sub(expected).norm2Number().doubleValue())
                .isLessThan(1e-5 * expected.norm2Number().doubleValue());
    }

    private static MultiLayerConfiguration configuration(
            String spec, Activation activation, IDropout dropout, DataType type) {
        DenseLayer dense = new DenseLayer.Builder()
                .nIn(INPUTS)
                .nOut(9)
                .activation(activation)
                .build();
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(new Sgd(1))
                .biasInit(0.1)
                .list()
                .layer(NoisyLayers.of(DropoutSpec.parse(spec), dense, 5, 0))
                .layer(new DropoutLayer(dropout.clone()))
                .layer(new OutputLayer.Builder()
                        .nIn(9)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build();
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        MaskContext masks = new MaskContext(MaskKeying.of(6), 0);
        masks.bind(network);
        masks.moveTo(0, 0, 0);
        return network;
    }

    private static INDArray features() {
        INDArray features = Nd4j.zeros(DataType.DOUBLE, BATCH, INPUTS);
        for (int i = 0; i < BATCH * INPUTS; i++) {
            features.putScalar(i, Math.sin(i + 1));
        }
        return features;
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }
}
