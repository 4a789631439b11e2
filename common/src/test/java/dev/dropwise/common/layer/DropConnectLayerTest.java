package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.common.dropout.ParameterMask;
import dev.dropwise.common.failure.DropwiseException;
import java.util.Random;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DropConnectLayerTest {
    private static final int EXAMPLES = 5;
    private static final int INPUTS = 7;
    private static final int UNITS = 3;
    private static final double DROP = 0.3;
    /** What masks keep of it: 1 - p in steps of 2^-16. */
    private static final double RETAINED = Math.round((1 - DROP) * 0x1p16) / 0x1p16;

    private static final int DRAWS = 4000;
    private static final INDArray INPUT = random(1, EXAMPLES, INPUTS);

    @ParameterizedTest
    @CsvSource({"RELU, FLOAT", "LEAKYRELU, FLOAT", "TANH, FLOAT", "RELU, DOUBLE", "SIGMOID, DOUBLE"})
    void shouldEvaluateTheMeanOverItsSamplesWhenComputedOneByOne(Activation activation, DataType type) {
        MultiLayerNetwork network = network("dropconnect:0.3,samples=11", activation, type);
        DropConnectLayer layer = (DropConnectLayer)
                network.getLayerWiseConfigurations().getConf(0).getLayer();
        float[] normals = layer.noise().normals(UNITS);

        INDArray found =
                network.feedForwardToLayer(0, INPUT.castTo(type), false).get(1);

        assertThat(normals).hasSize(11 * UNITS);
        for (int example = 0; example < EXAMPLES; example++) {
            for (int unit = 0; unit < UNITS; unit++) {
                double deviation = Math.sqrt(variance(network, example, unit));
                double sum = 0;
                for (int sample = 0; sample < 11; sample++) {
                    double u = mean(network, example, unit) + deviation * normals[sample * UNITS + unit];
                    INDArray one = Nd4j.scalar(DataType.DOUBLE, u).reshape(1, 1);
                    sum += activation
                            .getActivationFunction()
                            .getActivation(one, false)
                            .getDouble(0);
                }
                assertThat(found.getDouble(example, unit)).isCloseTo(sum / 11, within(2e-6));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"example", "batch"})
    void shouldHaveMeanAndVarianceOfThePaperWhenPreActivationsAreMasked(String mask) {
        MultiLayerNetwork network = network("dropconnect:0.3,mask=" + mask, Activation.IDENTITY, DataType.DOUBLE);
        MaskContext masks = new MaskContext(MaskKeying.of(3), 0);
        masks.bind(network);
        INDArray sum = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, UNITS);
        INDArray squares = sum.dup();
        Layer layer = network.getLayer(0);
        for (int draw = 0; draw < DRAWS; draw++) {
            masks.moveTo(0, 0, draw);
            INDArray z = layer.activate(INPUT.dup(), true, LayerWorkspaceMgr.noWorkspaces());
            layer.clear();
            sum.addi(z);
            squares.addi(z.mul(z));
        }

        for (int example = 0; example < EXAMPLES; example++) {
            for (int unit = 0; unit < UNITS; unit++) {
                double mean = sum.getDouble(example, unit) / DRAWS;
                double variance = squares.getDouble(example, unit) / DRAWS - mean * mean;
                double expected = variance(network, example, unit);
                // Fifteen means and variances are compared; 4 standard errors fail for one of 1000 seeds.
                assertThat(mean).isCloseTo(mean(network, example, unit), within(4 * Math.sqrt(expected / DRAWS)));
                assertThat(variance).isCloseTo(expected, within(4 * expected * Math.sqrt(2.0 / DRAWS)));
            }
        }
    }

    @Test
    void shouldMaskWeightsAndBiasesWithPWhenADrawIsAppliedToOnes() {
        var noise = ((DropConnectLayer) network("dropconnect:0.3", Activation.RELU, DataType.FLOAT)
                        .getLayerWiseConfigurations()
                        .getConf(0)
                        .getLayer())
                .noise();
        INDArray ones = Nd4j.ones(DataType.FLOAT, 100_000);
        INDArray doubles = Nd4j.ones(DataType.DOUBLE, 100_000);

        ParameterMask mask = new ParameterMask(100_000);
        noise.fill(17, mask);
        mask.apply(ones, ones);
        mask.apply(doubles, doubles);

        assertThat(ones.castTo(DataType.DOUBLE)).isEqualTo(doubles);
        assertThat(1 - ones.meanNumber().doubleValue())
                .isCloseTo(DROP, within(3 * Math.sqrt(DROP * (1 - DROP) / 100_000)));
    }

    @Test
    void shouldEvaluateWithTheProbabilityThatMasksHaveInSixteenBits() {
        // 1e-5 is 0.65536 steps of 2^-16, which masks round to one.
        MultiLayerNetwork network = network("dropconnect:1e-5,eval=mean", Activation.IDENTITY, DataType.DOUBLE);
        var noise = ((DropConnectLayer)
                        network.getLayerWiseConfigurations().getConf(0).getLayer())
                .noise();

        INDArray found = network.feedForwardToLayer(0, INPUT, false).get(1);

        assertThat(noise.retained()).isEqualTo(1 - 0x1p-16);
        assertThat(found.getDouble(0, 0)).isCloseTo(mean(network, 0, 0) / RETAINED * (1 - 0x1p-16), within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0x1p-17, 1 - 0x1p-18})
    void shouldRefuseAProbabilityWhenSixteenBitsCannotTellItFromNoneOrAll(double drop) {
        assertThatThrownBy(() -> new DropConnect(drop, DropConnect.Masks.BATCH, 0, 0, 0))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("dropconnect", "between 2^-17 and 1 - 2^-17", "found " + drop);
        assertThat(new DropConnect(0, DropConnect.Masks.BATCH, 0, 0, 0).retained())
                .isEqualTo(1);
        assertThat(new DropConnect(1 - 0x1p-16, DropConnect.Masks.BATCH, 0, 0, 0).retained())
                .isEqualTo(0x1p-16);
    }

    private static double mean(MultiLayerNetwork network, int example, int unit) {
        double sum = network.getParam("0_b").getDouble(unit);
        for (int i = 0; i < INPUTS; i++) {
            sum += INPUT.getDouble(example, i) * network.getParam("0_W").getDouble(i, unit);
        }
        return RETAINED * sum;
    }

    private static double variance(MultiLayerNetwork network, int example, int unit) {
        double sum = Math.pow(network.getParam("0_b").getDouble(unit), 2);
        for (int i = 0; i < INPUTS; i++) {
            sum += Math.pow(
                    INPUT.getDouble(example, i) * network.getParam("0_W").getDouble(i, unit), 2);
        }
        return (1 - RETAINED) * RETAINED * sum;
    }

    private static MultiLayerNetwork network(String spec, Activation activation, DataType type) {
        DenseLayer dense = new DenseLayer.Builder()
                .nIn(INPUTS)
                .nOut(UNITS)
                .biasInit(0.5)
                .activation(activation)
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .list()
                .layer(NoisyLayers.of(DropoutSpec.parse(spec), dense, 5, 0))
                .layer(new OutputLayer.Builder()
                        .nIn(UNITS)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    private static INDArray random(long seed, long... shape) {
        Random random = new Random(seed);
        double[] values = new double[(int) (shape[0] * shape[1])];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape(shape);
    }
}
