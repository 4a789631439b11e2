package dev.dropwise.deploy.bench;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.driver.job.Interruption;
import dev.dropwise.driver.job.NativeBuilds;
import dev.dropwise.driver.job.SparkContexts;
import dev.dropwise.worker.progress.EventCodec;
import dev.dropwise.worker.progress.RankOutcome;
import dev.dropwise.worker.spark.BarrierJob;
import dev.dropwise.worker.spark.TrainingProgram;
import dev.dropwise.worker.training.TrainingOrder;
import dev.dropwise.worker.transport.FrameSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains the same small network again and again as jobs of one Spark context, so that its executors live through all of them: each job
 * loads data, builds a network, starts and stops a media driver, trains, evaluates, writes checkpoints and a model. Every second one
 * is sealed and traced. All must end with the same numbers. Goes on until {@code DIRECTORY/stop} exists.
 *
 * <p>Arguments: {@code DIRECTORY WORKERS}. Prints a line a job: its number, seconds, test accuracy.
 */
public final class TrainAgain {
    private static final TrainConfig CONFIG = new TrainConfig(
            new DataConfig("digits", "", Holdout.parse("400"), 4_000),
            new ModelConfig(
                    "mlp:500",
                    "",
                    Activation.parse("relu"),
                    DropoutSpec.parse("0.5"),
                    DropoutSpec.NONE,
                    Regularisation.NONE),
            new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-3, 0.9),
            new ScheduleConfig(2, 32, 2, 0, ExchangeMode.GRADIENTS),
            1);

    private TrainAgain() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        int workers = Integer.parseInt(arguments[1]);
        try (JavaSparkContext spark = SparkContexts.start("dropwise soak")) {
            KernelClass kernels = new NativeBuilds(spark, Interruption.never()).agree(workers, "auto");
            Set<Double> accuracies = new HashSet<>();
            for (int job = 1; !Files.exists(directory.resolve("stop")); job++) {
                long startNs = System.nanoTime();
                Path out = directory.resolve("run-" + job);
                accuracies.add(accuracy(train(spark, workers, order(job, kernels, out))));
                if (accuracies.size() != 1) {
                    throw new IllegalStateException(
                            "job " + job + ": expected the same accuracy each time, found " + accuracies);
                }
                remove(out);
                System.out.printf(
                        Locale.ROOT,
                        "%d %.2f %s%n",
                        job,
                        (System.nanoTime() - startNs) / 1e9,
                        accuracies.iterator().next());
            }
        }
    }

    private static TrainingOrder order(int job, KernelClass kernels, Path out) {
        boolean even = job % 2 == 0;
        return new TrainingOrder(
                "soak-" + job,
                1,
                CONFIG,
                kernels.toString(),
                out.toUri().toString(),
                false,
                even ? FrameSecret.draw() : FrameSecret.NONE,
                even);
    }

    private static List<RankOutcome> train(JavaSparkContext spark, int workers, TrainingOrder order) {
        EventCodec codec = new EventCodec();
        return BarrierJob.run(spark, workers, new TrainingProgram(order, spark.hadoopConfiguration())).stream()
                .map(codec::decodeOutcome)
                .toList();
    }

    private static double accuracy(List<RankOutcome> outcomes) {
        for (RankOutcome outcome : outcomes) {
            if (outcome instanceof RankOutcome.GaveUp gaveUp) {
                throw new IllegalStateException(gaveUp.failure().message());
            }
        }
        return ((RankOutcome.Trained) outcomes.get(0)).result().testAccuracy();
    }

    private static void remove(Path out) throws IOException {
        try (Stream<Path> files = Files.walk(out)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
