package dev.dropwise.worker.spark;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageFile;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.evaluation.Uncertainty;
import dev.dropwise.common.evaluation.UncertaintyTally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.scoring.Predictions;
import dev.dropwise.worker.scoring.SavedNetwork;
import dev.dropwise.worker.scoring.TrainedNetwork;
import dev.dropwise.worker.scoring.TrainedRun;
import dev.dropwise.worker.scoring.UncertainPredictions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs a saved model over a data set or file, cut into blocks, one task each. Blocks are cut as training cuts them among shards, so that
 * sums in block order equal training's bit for bit on one kernel class. A task that fails says so by returning, as ranks do.
 */
public final class BlockJob {
    private static final Codec CODEC = codec();

    private final JavaSparkContext spark;
    private final String model;
    private final KernelClass kernelClass;
    private final byte[] hadoop;

    /**
     * @param model path of {@code model.zip}, reached by all executors
     * @param kernelClass that every task computes with
     */
    public BlockJob(JavaSparkContext spark, String model, KernelClass kernelClass, Configuration hadoop) {
        this.spark = spark;
        this.model = model;
        this.kernelClass = kernelClass;
        this.hadoop = HadoopSettings.encode(hadoop);
    }

    /** What a task does with its block. */
    private interface Work extends Serializable {
        Object on(int block, Configuration hadoop);
    }

    private static Codec codec() {
        List<Class<?>> classes = new ArrayList<>(TrainingProgram.CONFIG);
        classes.addAll(List.of(
                Tally.class,
                Predictions.class,
                UncertaintyTally.class,
                UncertainPredictions.class,
                Uncertainty.class,
                MonteCarlo.class,
                TrainedRun.class,
                RunEvent.Failed.class,
                DropwiseException.Category.class,
                ExitCode.class));
        return new Codec(classes);
    }

    /** Evaluates the test set in {@code blocks} blocks. */
    public Tally evaluate(DataConfig data, int blocks) {
        byte[] encoded = CODEC.encode(data);
        String location = model;
        return run(blocks, Tally.class, (block, hadoop) -> {
                    TestBlock test = TestBlock.of(CODEC.decode(encoded, DataConfig.class), block, blocks, hadoop);
                    return SavedNetwork.load(location, hadoop).tally(test.examples(), test.name());
                })
                .stream()
                .reduce(Tally.NONE, Tally::plus);
    }

    /** Evaluates the test set in {@code blocks} blocks by Monte Carlo dropout of {@code run}. */
    public UncertaintyTally evaluate(DataConfig data, int blocks, TrainedRun run, MonteCarlo request) {
        byte[] encoded = CODEC.encode(data);
        byte[] trained = CODEC.encode(run);
        byte[] passes = CODEC.encode(request);
        return run(blocks, UncertaintyTally.class, (block, hadoop) -> {
                    TestBlock test = TestBlock.of(CODEC.decode(encoded, DataConfig.class), block, blocks, hadoop);
                    return network(trained, passes, hadoop).tally(test.examples(), test.first(), test.name());
                })
                .stream()
                .reduce(UncertaintyTally.NONE, UncertaintyTally::plus);
    }

    /** Predicts every image of a file in {@code blocks} blocks; in the file's order. */
    public List<Predictions> predict(String input, int blocks) {
        String location = model;
        return run(blocks, Predictions.class, (block, hadoop) -> {
            ImageFile images = ImageFile.open(input, hadoop);
            int from = start(images, block, blocks);
            SavedNetwork network = SavedNetwork.load(location, hadoop);
            return new Predictions(
                    from,
                    network.classes(),
                    network.probabilities(images.read(from, start(images, block + 1, blocks)), input));
        });
    }

    /** As {@link #predict(String, int)}, by Monte Carlo dropout of {@code run}. */
    public List<UncertainPredictions> predict(String input, int blocks, TrainedRun run, MonteCarlo request) {
        byte[] trained = CODEC.encode(run);
        byte[] passes = CODEC.encode(request);
        return run(blocks, UncertainPredictions.class, (block, hadoop) -> {
            ImageFile images = ImageFile.open(input, hadoop);
            int from = start(images, block, blocks);
            return new UncertainPredictions(
                    from,
                    network(trained, passes, hadoop)
                            .uncertainty(images.read(from, start(images, block + 1, blocks)), from, input));
        });
    }

    private static TrainedNetwork network(byte[] trained, byte[] passes, Configuration hadoop) {
        return TrainedNetwork.load(
                CODEC.decode(trained, TrainedRun.class), CODEC.decode(passes, MonteCarlo.class), hadoop);
    }

    private static int start(ImageFile images, int block, int blocks) {
        return (int) ((long) images.count() * block / blocks);
    }

    /** A block of a test set: its examples, the number of the first of them, and the set's name. */
    private record TestBlock(Examples examples, int first, String name) {
        static TestBlock of(DataConfig config, int block, int blocks, Configuration hadoop) {
            ImageSource source = DataSets.open(config, hadoop);
            ShardPlan plan = ShardPlan.of(config, source.size(Split.TRAIN), source.size(Split.TEST), blocks, 0);
            int[] indices = plan.test(block);
            return new TestBlock(source.read(Split.TEST, indices), indices.length == 0 ? 0 : indices[0], source.name());
        }
    }

    private <T> List<T> run(int blocks, Class<T> type, Work work) {
        Task task = new Task(kernelClass.toString(), hadoop, work);
        return spark.parallelize(IntStream.range(0, blocks).boxed().toList(), blocks).map(task::run).collect().stream()
                .map(bytes -> result(bytes, type))
                .toList();
    }

    private static <T> T result(byte[] bytes, Class<T> type) {
        Object result = CODEC.decode(bytes, Object.class);
        if (result instanceof RunEvent.Failed failed) {
            throw new DropwiseException(failed.category(), failed.exitCode(), failed.message(), null);
        }
        return type.cast(result);
    }

    /** One task, as Spark ships it. */
    @SuppressWarnings("ArrayRecordComponent") // Shipped, never compared.
    private record Task(String kernelClass, byte[] hadoop, Work work) implements Serializable {
        byte[] run(int block) {
            try {
                KernelSettings.settle(KernelClass.parse(kernelClass));
                return CODEC.encode(work.on(block, HadoopSettings.decode(hadoop)));
            } catch (DropwiseException e) {
                return CODEC.encode(new RunEvent.Failed(
                        1, block, TaskHost.name(), e.category(), e.exitCode(), String.valueOf(e.getMessage())));
            }
        }
    }
}
