package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.layer.TrainingStep;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every kind of dropout draws the same masks, and gives the same gradient, on fast layers and on stock ones. */
class KindsOnFastLayersTest {
    private static final ImageShape IMAGE = new ImageShape(1, 12, 12);
    private static final int BATCH = 9;
    private static final int CLASSES = 4;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mlp:20,10 | standard:0.5 | standard:0.2",
                "mlp:20,10 | gaussian:0.5 | cutout:4",
                "mlp:20+bn | alpha:0.2 | none",
                "lenet | standard:0.5 | standard:0.2",
                "lenet | spatial:0.3 | cutout:4",
                "lenet | dropblock:0.3,block=2 | gaussian:0.1",
                "lenet | maxdrop:0.5 | none",
                "cifar-cnn | standard:0.3 | none",
                "mlp:20,10 | standout:0.5 | inverted:0.2",
                "mlp:20,10 | dropconnect:0.5,samples=3 | gaussian:0.2",
                "mlp:20,10 | dropconnect:0.5,mask=batch,eval=mean | standard:0.2",
                "lenet | dropconnect:0.5 | none",
                "cifar-cnn | pooling:0.3 | inverted:0.2",
            })
    void shouldHaveTheGradientAndOutputOfStockLayersWhenMaskedAlike(String name, String dropout, String input) {
        ModelConfig config = new ModelConfig(
                name, Activation.RELU, DropoutSpec.parse(dropout), DropoutSpec.parse(input), Regularisation.NONE);
        Model model = ModelZoo.model(config, new UpdaterConfig(UpdaterConfig.Kind.SGD, 1, 0), IMAGE, CLASSES, 5);
        MultiLayerNetwork stock = network(model.configuration().clone());
        MultiLayerNetwork fast = network(FastLayers.substitute(model.configuration()));
        fast.setParams(stock.params());
        INDArray features = Nd4j.rand(model.inputShape(BATCH, IMAGE));
        INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }

        stock.setInput(features.dup());
        stock.setLabels(labels);
        stock.computeGradientAndScore();
        INDArray expected = stock.getFlattenedGradients().dup();
        stock.clearLayersStates();
        TrainingStep step = new TrainingStep(fast);
        step.gradient(features.dup(), labels);

        INDArray difference = step.gradientSum().reshape(expected.length()).sub(expected.reshape(expected.length()));
        assertThat(difference.norm2Number().doubleValue())
                .isLessThan(1e-5 * expected.norm2Number().doubleValue());
        assertThat(fast.output(features).equalsWithEps(stock.output(features), 1e-5))
                .isTrue();
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        MaskContext masks = new MaskContext(3);
        masks.bind(network);
        masks.moveTo(1, 2, 3);
        return network;
    }
}
