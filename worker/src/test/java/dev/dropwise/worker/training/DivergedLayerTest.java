package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelZoo;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DivergedLayerTest {
    private static final INDArray FEATURES = Nd4j.ones(2, 784);

    private final MultiLayerNetwork network = network("mlp:8,8");

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void shouldNameTheFirstLayerWhoseParametersAreNotFinite(double planted) {
        network.getLayer(2).getParam("b").putScalar(3, planted);
        network.getLayer(1).getParam("b").putScalar(5, planted);

        assertThat(DivergedLayer.inParameters(network)).contains("parameters b of layer 1 (DenseLayer)");
        assertThat(DivergedLayer.find(network, FEATURES)).isEqualTo("parameters b of layer 1 (DenseLayer)");
    }

    @Test
    void shouldNameTheFirstLayerWhoseActivationsOverflowWhenAllParametersAreFinite() {
        // 784 products of 1 and 1e38 are beyond a float's 3.4e38.
        network.getLayer(0).getParam("W").assign(1e38);

        assertThat(DivergedLayer.inParameters(network)).isEmpty();
        assertThat(DivergedLayer.find(network, FEATURES)).isEqualTo("activations of layer 0 (DenseLayer)");
    }

    @Test
    void shouldNameTheInputWhenThatIsNotFinite() {
        INDArray features = FEATURES.dup();
        features.putScalar(1, 7, Double.NaN);

        assertThat(DivergedLayer.find(network, features)).isEqualTo("the input");
    }

    @Test
    void shouldNameTheLossWhenEverythingBeforeItIsFinite() {
        assertThat(DivergedLayer.find(network, FEATURES)).isEqualTo("the loss of layer 2 (OutputLayer)");
    }

    private static MultiLayerNetwork network(String model) {
        TrainConfig config = Recipe.small().model(model).config();
        Model made = ModelZoo.model(config.model(), config.updater(), new ImageShape(1, 28, 28), 10, config.seed());
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(made.configuration()));
        network.init();
        return network;
    }
}
