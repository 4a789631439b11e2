package dev.dropwise.common.layer;

import dev.dropwise.common.kernel.CpuFeatures;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Training and inference speed of stock and fast layers on one thread, in samples a second: median of rounds that
 * alternate between the two, so that a busy machine slows both.
 *
 * <p>Arguments: {@code [rounds [secondsPerRound [kernelClass]]]}.
 */
public final class StepBenchmark {
    private final int rounds;
    private final double seconds;

    private StepBenchmark(int rounds, double seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) {
        KernelClass kernel =
                arguments.length > 2 ? KernelClass.parse(arguments[2]) : KernelClass.strongestOf(CpuFeatures.detect());
        KernelSettings.settle(kernel);
        StepBenchmark benchmark = new StepBenchmark(
                arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5,
                arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1);
        System.out.println("kernel class " + kernel);
        System.out.printf("%-28s %10s %10s %7s%n", "samples/s, 1 thread", "stock", "fast", "ratio");
        benchmark.compare("W1", Nets.w1(), 128, 784);
        benchmark.compare("W2", Nets.w2(), 64, 1, 28, 28);
        benchmark.compare("W4", Nets.w4(), 128, 784);
    }

    private void compare(String name, MultiLayerConfiguration conf, int batch, long... example) {
        long[] shape = new long[example.length + 1];
        shape[0] = batch;
        System.arraycopy(example, 0, shape, 1, example.length);
        INDArray x = Nets.features(DataType.FLOAT, 1, shape);
        INDArray y = Nets.labels(DataType.FLOAT, batch);
        MultiLayerNetwork stock = network(conf);
        MultiLayerNetwork fast = network(FastLayers.substitute(conf));
        TrainingStep step = new TrainingStep(fast);
        print(name + " train", batch, () -> stockStep(stock, x, y), () -> {
            step.gradient(x, y);
            step.update(batch, fast.getIterationCount(), 0);
        });
        print(name + " gradient", batch, () -> stockGradient(stock, x, y), () -> step.gradient(x, y));
        print(name + " output", batch, () -> stock.output(x), () -> fast.output(x));
    }

    private void print(String name, int batch, Runnable stock, Runnable fast) {
        double[] stockRates = new double[rounds];
        double[] fastRates = new double[rounds];
        rate(batch, stock);
        rate(batch, fast);
        for (int i = 0; i < rounds; i++) {
            stockRates[i] = rate(batch, stock);
            fastRates[i] = rate(batch, fast);
        }
        Arrays.sort(stockRates);
        Arrays.sort(fastRates);
        double slow = stockRates[rounds / 2];
        double quick = fastRates[rounds / 2];
        System.out.println(String.format(Locale.ROOT, "%-28s %10.0f %10.0f %6.2fx", name, slow, quick, quick / slow));
    }

    /** Counts the thread's own processor time, which other processes on the machine do not add to. */
    private double rate(int batch, Runnable step) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        long end = start + (long) (seconds * 1e9);
        int steps = 0;
        while (threads.getCurrentThreadCpuTime() < end) {
            step.run();
            steps++;
        }
        return steps * (double) batch / ((threads.getCurrentThreadCpuTime() - start) / 1e9);
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration conf) {
        MultiLayerNetwork network = new MultiLayerNetwork(conf);
        network.init();
        return network;
    }

    private static void stockGradient(MultiLayerNetwork network, INDArray x, INDArray y) {
        network.setInput(x);
        network.setLabels(y);
        network.computeGradientAndScore();
    }

    /** The sequence that {@link TrainingStep} replaces. */
    static void stockStep(MultiLayerNetwork network, INDArray x, INDArray y) {
        stockGradient(network, x, y);
        INDArray flat = network.getFlattenedGradients();
        int iteration = network.getIterationCount();
        int epoch = network.getEpochCount();
        network.getUpdater()
                .update(
                        network,
                        network.gradient(),
                        iteration,
                        epoch,
                        (int) x.size(0),
                        LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(flat.reshape(network.params().shape()));
        network.applyConstraints(iteration, epoch);
        network.setIterationCount(iteration + 1);
        network.clearLayersStates();
    }
}
