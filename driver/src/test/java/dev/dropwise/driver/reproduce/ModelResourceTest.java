package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class ModelResourceTest {
    @Test
    void shouldBeTheNetworkOfTheExperimentWhenItIsCifar500() {
        // WeightInit.UNIFORM is U(-1 / sqrt(fan-in), 1 / sqrt(fan-in)).
        MultiLayerConfiguration expected = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Adam(5e-4))
                .weightInit(WeightInit.UNIFORM)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(500)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(3072))
                .build();

        assertThat(MultiLayerConfiguration.fromJson(new ModelResource("cifar-500.json").text()))
                .isEqualTo(expected);
    }
}
