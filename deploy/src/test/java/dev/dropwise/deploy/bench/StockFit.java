package dev.dropwise.deploy.bench;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Training speed of plain Deeplearning4j on one thread: {@code fit} over MNIST in its own layers with its own dropout, on the
 * native build and core type that Dropwise would choose here. Prints {@code {"samplesPerSecond": X}}, by the clock on the wall.
 *
 * <p>Arguments: {@code W1|W2|W4 MNIST_DIRECTORY [SECONDS]}.
 */
public final class StockFit {
    private static final int CLASSES = 10;
    private static final int BATCHES = 64;
    private static final int WARM_UP_STEPS = 20;
    private static final double DEFAULT_SECONDS = 10;

    private StockFit() {}

    public static void main(String[] arguments) {
        KernelSettings.settle(KernelClass.strongestOf(CpuFeatures.detect()));
        String name = arguments[0];
        double seconds = arguments.length > 2 ? Double.parseDouble(arguments[2]) : DEFAULT_SECONDS;
        int batch = name.equals("W2") ? 64 : 128;
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(name));
        network.init();
        double rate = samplesPerSecond(network, batches(arguments[1], batch), seconds);
        System.out.println(String.format(Locale.ROOT, "{\"samplesPerSecond\": %.1f}", rate));
    }

    private static double samplesPerSecond(MultiLayerNetwork network, List<DataSet> batches, double seconds) {
        for (int step = 0; step < WARM_UP_STEPS; step++) {
            network.fit(batches.get(step % batches.size()));
        }
        long startNs = System.nanoTime();
        long samples = 0;
        for (int step = 0; System.nanoTime() - startNs < seconds * 1e9; step++) {
            DataSet batch = batches.get(step % batches.size());
            network.fit(batch);
            samples += batch.numExamples();
        }
        return samples / ((System.nanoTime() - startNs) / 1e9);
    }

    private static List<DataSet> batches(String directory, int size) {
        Examples examples = DataSets.open(
                        new DataConfig(DataSets.MNIST, directory, new Holdout(0, 0), 0), new Configuration())
                .read(Split.TRAIN, IntStream.range(0, size * BATCHES).toArray());
        int length = examples.shape().length();
        List<DataSet> batches = new ArrayList<>();
        for (int from = 0; from < examples.count(); from += size) {
            float[][] features = new float[size][length];
            float[][] labels = new float[size][CLASSES];
            for (int i = 0; i < size; i++) {
                labels[i][examples.labels()[from + i]] = 1;
                for (int pixel = 0; pixel < length; pixel++) {
                    features[i][pixel] = (examples.pixels()[(from + i) * length + pixel] & 0xFF) / 255f;
                }
            }
            batches.add(new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels)));
        }
        return batches;
    }

    private static MultiLayerConfiguration configuration(String name) {
        return switch (name) {
            case "W1" ->
                list(new Adam(1e-3))
                        .layer(dense(500))
                        .layer(output())
                        .setInputType(flat())
                        .build();
            case "W4" ->
                list(new Nesterovs(0.1, 0.9))
                        .layer(new DenseLayer.Builder().nOut(1024).dropOut(0.8).build())
                        .layer(new DenseLayer.Builder().nOut(1024).dropOut(0.5).build())
                        .layer(new DenseLayer.Builder().nOut(1024).dropOut(0.5).build())
                        .layer(output())
                        .setInputType(flat())
                        .build();
            case "W2" ->
                list(new Adam(1e-3))
                        .layer(new ConvolutionLayer.Builder(3, 3).nOut(32).build())
                        .layer(new SubsamplingLayer.Builder()
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build())
                        .layer(new ConvolutionLayer.Builder(3, 3).nOut(64).build())
                        .layer(new SubsamplingLayer.Builder()
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build())
                        .layer(dense(128))
                        .layer(output())
                        .setInputType(InputType.convolutionalFlat(28, 28, 1))
                        .build();
            default -> throw new IllegalArgumentException("unknown work '" + name + "'; known: W1, W2, W4");
        };
    }

    private static ListBuilder list(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.RELU)
                .activation(Activation.RELU)
                .updater(updater)
                .list();
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).build();
    }

    /** Deeplearning4j counts what it retains: a drop probability of a half, on the layer's input. */
    private static OutputLayer output() {
        return new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .dropOut(0.5)
                .build();
    }

    private static InputType flat() {
        return InputType.feedForward(28 * 28);
    }
}
