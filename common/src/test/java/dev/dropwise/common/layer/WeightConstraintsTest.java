package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.constraint.UnitNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Oracle: Deeplearning4j's own constraints, which differ from the formula by 1e-6. */
class WeightConstraintsTest {
    private static final double SHRINKING = 3e-6;

    static Stream<MultiLayerConfiguration> networks() {
        return Stream.of(
                dense(new DenseLayer.Builder().constrainWeights(new MaxNormConstraint(0.9, 0))),
                // Of a row, which lies across; of biases as well; together with another; another.
                dense(new DenseLayer.Builder().constrainWeights(new MaxNormConstraint(0.9, 1))),
                dense(new DenseLayer.Builder().constrainAllParameters(new MaxNormConstraint(0.9, 0))),
                dense(new DenseLayer.Builder()
                        .constrainWeights(new MaxNormConstraint(0.9, 0), new NonNegativeConstraint())),
                dense(new DenseLayer.Builder().constrainWeights(new UnitNormConstraint(0))),
                // Of the whole matrix.
                dense(new DenseLayer.Builder().constrainWeights(new MaxNormConstraint(0.9))),
                convolution(new MaxNormConstraint(0.9, 1, 2, 3)),
                convolution(new MaxNormConstraint(0.9, 2, 3)),
                convolution(new MaxNormConstraint(0.9, 0)));
    }

    private static MultiLayerConfiguration dense(DenseLayer.Builder layer) {
        return builder()
                .layer(layer.nOut(19).build())
                .layer(new OutputLayer.Builder().nOut(3).build())
                .setInputType(InputType.feedForward(37))
                .build();
    }

    private static MultiLayerConfiguration convolution(MaxNormConstraint constraint) {
        return builder()
                .layer(new ConvolutionLayer.Builder(3, 2)
                        .nOut(5)
                        .constrainWeights(constraint)
                        .build())
                .layer(new OutputLayer.Builder().nOut(3).build())
                .setInputType(InputType.convolutional(7, 6, 2))
                .build();
    }

    private static NeuralNetConfiguration.ListBuilder builder() {
        return new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.FLOAT)
                .updater(new Sgd(1))
                .list();
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
        network.init();
        Nd4j.getRandom().setSeed(3);
        network.params()
                .assign(Nd4j.randn(DataType.FLOAT, network.params().shape()).mul(0.3));
        return network;
    }

    @ParameterizedTest
    @MethodSource("networks")
    void shouldDoWhatDeeplearning4jDoesWhateverTheConstraint(MultiLayerConfiguration configuration) {
        MultiLayerNetwork stock = network(configuration);
        MultiLayerNetwork found = network(FastLayers.substitute(configuration));
        INDArray before = found.params().dup();

        stock.applyConstraints(0, 0);
        WeightConstraints constraints = new WeightConstraints(found.getLayers());
        constraints.apply(0, 0);

        assertThat(constraints.isEmpty()).isFalse();
        assertThat(found.params().distance2(stock.params())
                        / stock.params().norm2Number().doubleValue())
                .isLessThan(SHRINKING);
        assertThat(found.params().distance2(before)).isGreaterThan(1e-2);
    }

    @Test
    void shouldScaleUnitsAboveTheBoundToItAndLeaveOthersAlone() {
        MultiLayerNetwork network =
                network(dense(new DenseLayer.Builder().constrainWeights(new MaxNormConstraint(1.8, 0))));
        INDArray weights = network.getLayer(0).getParam("W");
        INDArray before = weights.dup();

        new WeightConstraints(network.getLayers()).apply(0, 0);

        int bounded = 0;
        for (int unit = 0; unit < 19; unit++) {
            double norm = before.getColumn(unit).norm2Number().doubleValue();
            if (norm <= 1.8) {
                assertThat(weights.getColumn(unit).toFloatVector())
                        .isEqualTo(before.getColumn(unit).toFloatVector());
            } else {
                assertThat(weights.getColumn(unit).norm2Number().doubleValue()).isCloseTo(1.8, within(1e-6));
                assertThat(weights.getColumn(unit)
                                .distance2(before.getColumn(unit).mul(1.8 / norm)))
                        .isLessThan(1e-6);
                bounded++;
            }
        }
        assertThat(bounded).isBetween(3, 16);
    }

    @Test
    void shouldDoNothingWhenThereAreNone() {
        MultiLayerNetwork network = network(dense(new DenseLayer.Builder()));
        INDArray before = network.params().dup();

        WeightConstraints constraints = new WeightConstraints(network.getLayers());
        constraints.apply(0, 0);

        assertThat(constraints.isEmpty()).isTrue();
        assertThat(network.params()).isEqualTo(before);
    }
}
