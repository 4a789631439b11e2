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
 * JMH benchmarks of kinds of dropout, in milliseconds, on one thread: {@link #step}, a training step of W4 (784-3x1024-10, Nesterov
 * momentum, 128 examples) for kinds that dense networks have, and {@link #maps} for kinds that need feature maps: forward and backward on
 * maps {@code [128, 16, 8, 8]}, as many units as a hidden layer of W4 has. {@link KindCost} runs them in turns.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class KindBenchmark {
    private static final ImageShape IMAGE = new ImageShape(1, 28, 28);
    private static final ImageShape MAPS = new ImageShape(16, 8, 8);
    private static final int BATCH = 128;
    private static final int CLASSES = 10;
    private static final double NS_PER_MS = 1e6;

    /** The network with one kind of dropout on its hidden layers, and a mini-batch. */
    @State(Scope.Thread)
    public static class Network {
        /** A dropout spec; {@code none} for a network without. */
        @Param("none")
        public String kind = "none";

        private Runnable step = () -> {};

        /** Builds the network. */
        @Setup
        public void prepare() {
            settle();
            step = trainingStep(DropoutSpec.parse(kind));
        }
    }

    /** Feature maps and one kind of dropout for them. */
    @State(Scope.Thread)
    public static class Maps {
        /** A dropout spec; {@code none} for stock max-pooling. */
        @Param("none")
        public String kind = "none";

        private Runnable pass = () -> {};

        /** Draws the maps. */
        @Setup
        public void prepare() {
            settle();
            DropoutSpec spec = DropoutSpec.parse(kind);
            boolean pools = spec.kind() == DropoutSpec.Kind.NONE || spec.kind() == DropoutSpec.Kind.POOLING;
            pass = pools ? pooling(spec) : onMaps(spec);
        }
    }

    /** The thread's own processor time, to which other processes on the machine add less than to what a clock shows. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Processor {
        private long startNs;
        private long runs;

        /** Begins an iteration. */
        @Setup(Level.Iteration)
        public void begin() {
            runs = 0;
            startNs = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        }

        /** Milliseconds of processor time for one run, on average over the iteration until now. */
        public double processorMs() {
            return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - startNs) / NS_PER_MS / runs;
        }
    }

    /** A training step: gradient and update. */
    @Benchmark
    public void step(Network network, Processor processor) {
        network.step.run();
        processor.runs++;
    }

    /** Forward and backward on feature maps. */
    @Benchmark
    public void maps(Maps maps, Processor processor) {
        maps.pass.run();
        processor.runs++;
    }

    /** Settles this CPU's native library before ND4J loads one. */
    private static void settle() {
        KernelSettings.settle(KernelClass.strongestOf(CpuFeatures.detect()));
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
