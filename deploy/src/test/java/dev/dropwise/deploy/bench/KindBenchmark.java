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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * JMH benchmark of kinds of dropout on one thread: training steps of W4 (784-3x1024-10, Nesterov momentum, 128 examples) with a kind and without
 * any, a few of the one and a few of the other in turns, within one JVM. A core of a shared machine changes its speed from second to second, and
 * two cores differ; what follows one another at once is slowed alike. {@link KindCost} says what they cost.
 *
 * <p>Kinds that need feature maps are passes forward and backward on maps {@code [128, 16, 8, 8]}, as many units as a hidden layer of W4 has, one for
 * each of the three layers, behind a step without dropout.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1, timeUnit = TimeUnit.SECONDS)
@Measurement(iterations = 6, time = 1, timeUnit = TimeUnit.SECONDS)
public class KindBenchmark {
    private static final ImageShape IMAGE = new ImageShape(1, 28, 28);
    private static final ImageShape MAPS = new ImageShape(16, 8, 8);
    private static final int BATCH = 128;
    private static final int CLASSES = 10;
    private static final int LAYERS = 3;
    private static final int STEPS_IN_A_ROW = 3;
    private static final double NS_PER_MS = 1e6;

    /** A step with one kind of dropout, and one that lacks nothing else. */
    @State(Scope.Thread)
    public static class Steps {
        /** A dropout spec; {@code none} twice for a network without. */
        @Param("none")
        public String kind = "none";

        private Runnable with = () -> {};
        private Runnable without = () -> {};

        /** Builds the networks and draws mini-batch and maps. */
        @Setup
        public void prepare() {
            KernelSettings.settle(KernelClass.strongestOf(CpuFeatures.detect()));
            DropoutSpec spec = DropoutSpec.parse(kind);
            without = trainingStep(DropoutSpec.NONE);
            switch (spec.kind()) {
                case SPATIAL, DROPBLOCK, MAXDROP, CUTOUT -> with = followed(without, onMaps(spec));
                case POOLING -> {
                    with = followed(without, pooling(spec));
                    without = followed(without, pooling(DropoutSpec.NONE));
                }
                default -> with = trainingStep(spec);
            }
        }

        private static Runnable followed(Runnable step, Runnable pass) {
            return () -> {
                step.run();
                for (int layer = 0; layer < LAYERS; layer++) {
                    pass.run();
                }
            };
        }
    }

    /** The thread's own processor time, to which other processes on the machine add less than to what a clock shows. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Processor {
        private long withNs;
        private long withoutNs;
        private long steps;

        /** Begins an iteration. */
        @Setup(Level.Iteration)
        public void begin() {
            withNs = 0;
            withoutNs = 0;
            steps = 0;
        }

        /** Milliseconds of a step with dropout, on average over the iteration until now. */
        public double withMs() {
            return withNs / NS_PER_MS / steps;
        }

        /** Milliseconds of a step without dropout, on average over the iteration until now. */
        public double withoutMs() {
            return withoutNs / NS_PER_MS / steps;
        }
    }

    /** Some steps with dropout, and as many without. */
    @Benchmark
    public void steps(Steps steps, Processor processor) {
        processor.withNs += time(steps.with);
        processor.withoutNs += time(steps.without);
        processor.steps += STEPS_IN_A_ROW;
    }

    private static long time(Runnable step) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < STEPS_IN_A_ROW; i++) {
            step.run();
        }
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    }

    private static Runnable trainingStep(DropoutSpec spec) {
        ModelConfig config =
                new ModelConfig("mlp:1024,1024,1024", Activation.RELU, spec, DropoutSpec.NONE, Regularisation.NONE);
        UpdaterConfig updater = new UpdaterConfig(UpdaterConfig.Kind.NESTEROVS, 1e-4, 0.9);
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(
                ModelZoo.model(config, updater, IMAGE, CLASSES, 1).configuration()));
        network.init();
        MaskContext masks = new MaskContext(MaskKeying.of(1), 0);
        masks.bind(network);
        TrainingStep step = new TrainingStep(network);
        INDArray features = Nd4j.rand(DataType.FLOAT, BATCH, IMAGE.length());
        INDArray labels = labels();
        return () -> {
            int iteration = network.getIterationCount();
            masks.moveTo(0, 0, iteration);
            step.gradient(features, labels);
            step.update(BATCH, iteration, 0);
        };
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        return labels;
    }

    private static Runnable onMaps(DropoutSpec spec) {
        IDropout dropout = Dropouts.of(spec, MAPS, 1, 0).orElseThrow();
        INDArray maps = feature();
        INDArray result = maps.like();
        int[] iteration = {0};
        return () -> {
            iteration[0]++;
            dropout.applyDropout(maps, result, iteration[0], 0, LayerWorkspaceMgr.noWorkspaces());
            dropout.backprop(maps, result, iteration[0], 0);
        };
    }

    private static Runnable pooling(DropoutSpec spec) {
        SubsamplingLayer stock = new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
        NeuralNetConfiguration configuration = new NeuralNetConfiguration();
        configuration.setLayer(NoisyLayers.of(spec, stock, 1, 0));
        Layer layer = configuration.getLayer().instantiate(configuration, List.of(), 1, null, true, DataType.FLOAT);
        INDArray maps = feature();
        INDArray epsilon = Nd4j.rand(DataType.FLOAT, BATCH, MAPS.channels(), MAPS.height() / 2, MAPS.width() / 2);
        return () -> {
            layer.setIterationCount(layer.getIterationCount() + 1);
            layer.activate(maps, true, LayerWorkspaceMgr.noWorkspaces());
            layer.backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());
        };
    }

    private static INDArray feature() {
        return Nd4j.rand(DataType.FLOAT, BATCH, MAPS.channels(), MAPS.height(), MAPS.width());
    }
}
