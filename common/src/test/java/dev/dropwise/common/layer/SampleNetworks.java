package dev.dropwise.common.layer;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks that between them use every path of the fast layers, and the shape of their input. */
final class SampleNetworks {
    static final int BATCH = 12;

    private SampleNetworks() {}

    static NeuralNetConfiguration.Builder builder(IUpdater updater) {
        return Nets.builder(updater).weightInit(WeightInit.XAVIER);
    }

    static ListBuilder mlp(NeuralNetConfiguration.Builder builder, DenseLayer.Builder hidden) {
        return builder.list()
                .layer(new DenseLayer.Builder()
                        .nIn(20)
                        .nOut(33)
                        .dropOut(new NativeMask(0.2, 5))
                        .build())
                .layer(hidden.nIn(33).nOut(17).dropOut(new NativeMask(0.5, 6)).build())
                .layer(Nets.output(17).dropOut(new NativeMask(0.5, 7)).build());
    }

    static ListBuilder cnn(ConvolutionLayer.Builder first, SubsamplingLayer.Builder pooling) {
        return cnn(builder(new Adam(1e-3)), first, pooling);
    }

    static ListBuilder cnn(
            NeuralNetConfiguration.Builder builder, ConvolutionLayer.Builder first, SubsamplingLayer.Builder pooling) {
        return builder.list()
                .layer(first.nOut(6).dropOut(new NativeMask(0.1, 4)).build())
                .layer(pooling.build())
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(8)
                        .dropOut(new NativeMask(0.2, 5))
                        .build())
                .layer(new DenseLayer.Builder().nOut(9).build())
                .layer(Nets.output(9).dropOut(new NativeMask(0.5, 6)).build());
    }

    static SubsamplingLayer.Builder maxPooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2);
    }

    static DenseLayer.Builder dense() {
        return new DenseLayer.Builder();
    }

    static MultiLayerConfiguration image(ListBuilder list, int channels) {
        return list.setInputType(InputType.convolutional(14, 13, channels)).build();
    }

    static Arguments vector(String name, MultiLayerConfiguration conf) {
        return Arguments.of(name, conf, new long[] {BATCH, 20});
    }

    static Arguments picture(String name, ListBuilder list, int channels) {
        return Arguments.of(name, image(list, channels), new long[] {BATCH, channels, 14, 13});
    }

    static Stream<Arguments> all() {
        Adam adam = new Adam(1e-3);
        return Stream.concat(
                Stream.of(
                                Activation.RELU,
                                Activation.IDENTITY,
                                Activation.LEAKYRELU,
                                Activation.ELU,
                                Activation.SIGMOID,
                                Activation.TANH,
                                Activation.SWISH)
                        .map(each -> vector(
                                each.name(),
                                mlp(builder(adam), dense().activation(each)).build())),
                Stream.of(
                        vector(
                                "leaky 0.3",
                                mlp(builder(adam), dense().activation(new ActivationLReLU(0.3)))
                                        .build()),
                        vector(
                                "capped relu",
                                mlp(builder(adam), dense().activation(new ActivationReLU(0.5, null, null)))
                                        .build()),
                        vector(
                                "no bias",
                                mlp(builder(adam), dense().hasBias(false)).build()),
                        vector(
                                "layer norm",
                                mlp(builder(adam), dense().hasLayerNorm(true)).build()),
                        vector(
                                "double",
                                mlp(builder(adam).dataType(DataType.DOUBLE), dense())
                                        .build()),
                        vector("sgd", mlp(builder(new Sgd(0.1)), dense()).build()),
                        vector(
                                "nesterovs",
                                mlp(builder(new Nesterovs(0.1, 0.9)), dense()).build()),
                        vector(
                                "rmsprop",
                                mlp(builder(new RmsProp(1e-3)), dense()).build()),
                        vector(
                                "l1 and l2",
                                mlp(builder(adam).l1(1e-3).l2(1e-2), dense()).build()),
                        vector(
                                "weight decay",
                                mlp(builder(adam).weightDecay(1e-2), dense()).build()),
                        vector(
                                "clipping",
                                mlp(
                                                builder(adam)
                                                        .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                                                        .gradientNormalizationThreshold(0.1),
                                                dense())
                                        .build()),
                        vector(
                                "no workspaces",
                                mlp(builder(adam).trainingWorkspaceMode(WorkspaceMode.NONE), dense())
                                        .build()),
                        vector(
                                "logistic regression",
                                builder(adam)
                                        .list()
                                        .layer(Nets.output(20).build())
                                        .build()),
                        vector(
                                "squared error",
                                builder(adam)
                                        .list()
                                        .layer(dense().nIn(20).nOut(9).build())
                                        .layer(new OutputLayer.Builder(LossFunction.MSE)
                                                .activation(Activation.TANH)
                                                .nIn(9)
                                                .nOut(10)
                                                .build())
                                        .build()),
                        vector(
                                "stock layers between",
                                builder(adam)
                                        .list()
                                        .layer(dense().nIn(20)
                                                .nOut(9)
                                                .hasBias(false) // a bias before batch norm has no gradient but rounding
                                                .activation(Activation.IDENTITY)
                                                .build())
                                        .layer(new BatchNormalization.Builder()
                                                .nIn(9)
                                                .nOut(9)
                                                .build())
                                        .layer(new ActivationLayer(Activation.TANH))
                                        .layer(dense().nIn(9)
                                                .nOut(8)
                                                .activation(Activation.TANH)
                                                .build())
                                        .layer(new DropoutLayer.Builder(new NativeMask(0.5, 9))
                                                .nIn(8)
                                                .nOut(8)
                                                .build())
                                        .layer(new PReLULayer.Builder()
                                                .inputShape(8)
                                                .nIn(8)
                                                .nOut(8)
                                                .build())
                                        .layer(Nets.output(8).build())
                                        .build()),
                        Arguments.of(
                                "recurrent",
                                builder(adam)
                                        .list()
                                        .layer(new LastTimeStep(new LSTM.Builder()
                                                .nIn(6)
                                                .nOut(9)
                                                .activation(Activation.TANH)
                                                .dropOut(new NativeMask(0.2, 9))
                                                .build()))
                                        .layer(dense().nIn(9).nOut(8).build())
                                        .layer(Nets.output(8)
                                                .dropOut(new NativeMask(0.5, 8))
                                                .build())
                                        .build(),
                                new long[] {BATCH, 6, 5}),
                        picture(
                                "convolution double",
                                cnn(
                                        builder(adam).dataType(DataType.DOUBLE),
                                        new ConvolutionLayer.Builder(3, 3),
                                        maxPooling()),
                                1),
                        picture("convolution", cnn(new ConvolutionLayer.Builder(3, 3), maxPooling()), 1),
                        picture(
                                "convolution tanh",
                                cnn(new ConvolutionLayer.Builder(5, 5).activation(Activation.TANH), maxPooling()),
                                3),
                        picture(
                                "convolution same",
                                cnn(
                                        new ConvolutionLayer.Builder(4, 3).convolutionMode(ConvolutionMode.Same),
                                        maxPooling().convolutionMode(ConvolutionMode.Same)),
                                3),
                        picture(
                                "convolution pooled by three, leaky",
                                cnn(
                                        new ConvolutionLayer.Builder(2, 3)
                                                .padding(1, 2)
                                                .activation(Activation.LEAKYRELU),
                                        maxPooling().kernelSize(3, 3).stride(3, 3)),
                                2),
                        picture(
                                "convolution padded",
                                cnn(
                                        new ConvolutionLayer.Builder(3, 3)
                                                .padding(2, 1)
                                                .hasBias(false),
                                        maxPooling()),
                                2),
                        picture(
                                "convolution strided",
                                cnn(
                                        new ConvolutionLayer.Builder(3, 3).stride(2, 1),
                                        maxPooling().stride(1, 2)),
                                1),
                        picture(
                                "average pooling",
                                cnn(
                                        new ConvolutionLayer.Builder(3, 3),
                                        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                                                .kernelSize(2, 2)
                                                .stride(2, 2)),
                                1)));
    }
}
