package dev.dropwise.common.layer;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The networks that speed is measured on, and data for them. */
final class Nets {
    private Nets() {}

    static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(7)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .dataType(DataType.FLOAT)
                .updater(updater);
    }

    /** W1: 784-500-10. */
    static MultiLayerConfiguration w1() {
        return builder(new Adam(1e-3))
                .list()
                .layer(new DenseLayer.Builder().nIn(784).nOut(500).build())
                .layer(output(500).dropOut(new NativeMask(0.5, 1)).build())
                .build();
    }

    /** W4: 784-1024-1024-1024-10. */
    static MultiLayerConfiguration w4() {
        ListBuilder list = builder(new Nesterovs(0.1, 0.9)).list();
        for (int i = 0; i < 3; i++) {
            list.layer(new DenseLayer.Builder()
                    .nIn(i == 0 ? 784 : 1024)
                    .nOut(1024)
                    .dropOut(new NativeMask(i == 0 ? 0.2 : 0.5, i))
                    .build());
        }
        return list.layer(output(1024).dropOut(new NativeMask(0.5, 3)).build()).build();
    }

    /** W2: convolution 3x3x32, max-pooling, convolution 3x3x64, max-pooling, 128, 10. */
    static MultiLayerConfiguration w2() {
        return builder(new Adam(1e-3))
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(32).build())
                .layer(maxPooling())
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(64).build())
                .layer(maxPooling())
                .layer(new DenseLayer.Builder().nOut(128).build())
                .layer(output(128).dropOut(new NativeMask(0.5, 1)).build())
                .setInputType(InputType.convolutional(28, 28, 1))
                .build();
    }

    private static SubsamplingLayer maxPooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    static OutputLayer.Builder output(int inputs) {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(inputs)
                .nOut(10);
    }

    /** Uniform features in [0, 1), a fifth of them not zero, as in MNIST. */
    static INDArray features(DataType type, long seed, long... shape) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        Arrays.setAll(values, i -> Math.max(0, 5 * random.nextDouble() - 4));
        return Nd4j.createFromArray(values).reshape('c', shape).castTo(type);
    }

    /** Labels i mod 10. */
    static INDArray labels(DataType type, int examples) {
        INDArray labels = Nd4j.zeros(type, examples, 10);
        for (int i = 0; i < examples; i++) {
            labels.putScalar(i, i * 7 % 10, 1);
        }
        return labels;
    }
}
