package dev.dropwise.deploy.bench;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.Dropouts;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.layer.NoisyLayers;
import dev.dropwise.common.layer.TrainingStep;
import dev.dropwise.common.model.ModelZoo;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What each kind of dropout adds to a training step of W4 (784-3x1024-10, Nesterov momentum, 128 examples) on one thread, in
 * processor time. Kinds for dense networks are timed in the network itself, in rounds that visit one kind after the other, so that
 * a busy machine slows all; their overhead is the median over rounds of the ratio to the step without dropout of the same round. Kinds
 * that need feature maps are timed alone, forward and backward, on maps {@code [128, 16, 8, 8]} with as many units as a hidden layer of
 * W4, and counted three times; pooling less what stock max-pooling takes.
 *
 * <p>Arguments: {@code [ROUNDS]}.
 */
public final class KindCost {
    private static final ImageShape IMAGE = new ImageShape(1, 28, 28);
    private static final ImageShape MAPS = new ImageShape(16, 8, 8);
    private static final int BATCH = 128;
    private static final int CLASSES = 10;
    private static final int LAYERS = 3;
    private static final int STEPS = 5;
    private static final int REPEATS = 20;
    private static final int DEFAULT_ROUNDS = 15;
    private static final String PER_EXAMPLE = "dropconnect:0.5,mask=example";
    private static final List<String> IN_NETWORK = List.of(
            "none",
            "inverted:0.5",
            "standard:0.5",
            "gaussian:0.5",
            "alpha:0.1",
            "standout:0.5",
            "dropconnect:0.5,mask=batch",
            PER_EXAMPLE);
    private static final List<String> ON_MAPS =
            List.of("spatial:0.5", "dropblock:0.1,block=3", "maxdrop:0.5", "cutout:4", "pooling:0.5");

    private final int rounds;
    private final INDArray features = Nd4j.rand(DataType.FLOAT, BATCH, IMAGE.length());
    private final INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, CLASSES);

    private KindCost(int rounds) {
        this.rounds = rounds;
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
    }

    public static void main(String[] arguments) {
        KernelClass kernel = KernelClass.strongestOf(CpuFeatures.detect());
        KernelSettings.settle(kernel);
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : DEFAULT_ROUNDS;
        System.out.println("kernel class " + kernel + ", medians of " + rounds + " rounds, processor time");
        new KindCost(rounds).run();
    }

    private void run() {
        List<Runnable> steps = new ArrayList<>();
        for (String spec : IN_NETWORK) {
            steps.add(step(spec));
        }
        double[][] times = new double[IN_NETWORK.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int kind = 0; kind < steps.size(); kind++) {
                int count = IN_NETWORK.get(kind).equals(PER_EXAMPLE) ? 1 : STEPS;
                double millis = millis(steps.get(kind), round < 0 ? 2 * count : count);
                if (round >= 0) {
                    times[kind][round] = millis;
                }
            }
        }
        System.out.printf("%-30s %10s %10s%n", "", "ms a step", "overhead");
        double base = median(times[0]);
        for (int kind = 0; kind < times.length; kind++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = times[kind][round] / times[0][round] - 1;
            }
            print(IN_NETWORK.get(kind), median(times[kind]), median(ratios));
        }
        for (String spec : ON_MAPS) {
            double added = LAYERS * onMaps(spec);
            print(spec, base + added, added / base);
        }
    }

    private static void print(String name, double millis, double overhead) {
        System.out.println(String.format(Locale.ROOT, "%-30s %10.2f %9.1f%%", name, millis, 100 * overhead));
    }

    private Runnable step(String spec) {
        ModelConfig config = new ModelConfig(
                "mlp:1024,1024,1024", Activation.RELU, DropoutSpec.parse(spec), DropoutSpec.NONE, Regularisation.NONE);
        UpdaterConfig updater = new UpdaterConfig(UpdaterConfig.Kind.NESTEROVS, 1e-4, 0.9);
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(
                ModelZoo.model(config, updater, IMAGE, CLASSES, 1).configuration()));
        network.init();
        MaskContext masks = new MaskContext(MaskKeying.of(1), 0);
        masks.bind(network);
        TrainingStep step = new TrainingStep(network);
        return () -> {
            int iteration = network.getIterationCount();
            masks.moveTo(0, 0, iteration);
            step.gradient(features, labels);
            step.update(BATCH, iteration, 0);
        };
    }

    private double onMaps(String text) {
        DropoutSpec spec = DropoutSpec.parse(text);
        if (spec.kind() == DropoutSpec.Kind.POOLING) {
            return medianMillis(pooling(spec)) - medianMillis(pooling(DropoutSpec.NONE));
        }
        IDropout dropout = Dropouts.of(spec, MAPS, 1, 0).orElseThrow();
        INDArray maps = maps();
        INDArray result = maps.like();
        int[] iteration = {0};
        return medianMillis(() -> {
            iteration[0]++;
            dropout.applyDropout(maps, result, iteration[0], 0, LayerWorkspaceMgr.noWorkspaces());
            dropout.backprop(maps, result, iteration[0], 0);
        });
    }

    private static Runnable pooling(DropoutSpec spec) {
        SubsamplingLayer stock = new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
        NeuralNetConfiguration configuration = new NeuralNetConfiguration();
        configuration.setLayer(NoisyLayers.of(spec, stock, 1, 0));
        Layer layer = configuration.getLayer().instantiate(configuration, List.of(), 1, null, true, DataType.FLOAT);
        INDArray maps = maps();
        INDArray epsilon = Nd4j.rand(DataType.FLOAT, BATCH, MAPS.channels(), MAPS.height() / 2, MAPS.width() / 2);
        return () -> {
            layer.setIterationCount(layer.getIterationCount() + 1);
            layer.activate(maps, true, LayerWorkspaceMgr.noWorkspaces());
            layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());
        };
    }

    private static INDArray maps() {
        return Nd4j.rand(DataType.FLOAT, BATCH, MAPS.channels(), MAPS.height(), MAPS.width());
    }

    private double medianMillis(Runnable work) {
        millis(work, 10 * REPEATS);
        double[] times = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            times[round] = millis(work, REPEATS);
        }
        return median(times);
    }

    /** The thread's own processor time for one run of {@code work}, which other processes on the machine do not add to. */
    private static double millis(Runnable work, int count) {
        var threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            work.run();
        }
        return (threads.getCurrentThreadCpuTime() - start) / 1e6 / count;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
