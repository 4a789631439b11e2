package dev.dropwise.common.dropout;

import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** A small multi-layer perceptron with dropout on its input and on its hidden layer, and data to train it on. */
final class TestNetwork {
    static final int BATCH = 64;
    static final int INPUTS = 80;
    static final int HIDDEN = 64;
    static final int CLASSES = 10;
    static final double INPUT_DROP = 0.2;
    static final double HIDDEN_DROP = 0.5;

    private TestNetwork() {}

    static MultiLayerConfiguration configuration() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .weightInit(WeightInit.XAVIER)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(HIDDEN)
                        .activation(Activation.RELU)
                        .dropOut(new InvertedDropout(INPUT_DROP, 5, 0))
                        .build())
                .layer(new OutputLayer.Builder()
                        .nIn(HIDDEN)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .dropOut(new InvertedDropout(HIDDEN_DROP, 5, 1))
                        .build())
                .build();
    }

    static MultiLayerNetwork create() {
        return of(configuration());
    }

    static MultiLayerNetwork of(MultiLayerConfiguration configuration) {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        network.setInput(inputs(BATCH));
        network.setLabels(labels(BATCH));
        return network;
    }

    /** One forward-backward pass; the gradient, a copy. */
    static INDArray pass(MultiLayerNetwork network) {
        network.setInput(inputs(BATCH));
        network.setLabels(labels(BATCH));
        network.computeGradientAndScore();
        INDArray gradient = network.getFlattenedGradients().dup();
        network.clearLayersStates();
        return gradient;
    }

    static INDArray inputs(int batch) {
        Random random = new Random(3);
        float[] values = new float[batch * INPUTS];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.1f + random.nextFloat();
        }
        return Nd4j.createFromArray(values).reshape(batch, INPUTS);
    }

    static INDArray labels(int batch) {
        INDArray labels = Nd4j.create(DataType.FLOAT, batch, CLASSES);
        for (int i = 0; i < batch; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }
}
