package dev.dropwise.worker.spark;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.ImageFile;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.common.kernel.KernelSettings;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.scoring.Predictions;
import dev.dropwise.worker.scoring.SavedNetwork;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs a saved model over a data set or file, cut into blocks, one task each. Blocks are cut as training cuts them among shards, so that
 * sums in block order equal training's bit for bit on one kernel class. A task that fails says so by returning, as ranks do.
 */
public final class BlockJob {
    private static final Codec CODEC = new Codec(List.of(
            Tally.class,
            Predictions.class,
            RunEvent.Failed.class,
            DropwiseException.Category.class,
            ExitCode.class,
            DataConfig.class,
            PixelScale.class,
            Holdout.class));

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
        Object on(int block, SavedNetwork network, Configuration hadoop);
    }

    /** Evaluates the test set in {@code blocks} blocks. */
    public Tally evaluate(DataConfig data, int blocks) {
        byte[] encoded = CODEC.encode(data);
        return run(blocks, Tally.class, (block, network, configuration) -> {
                    DataConfig config = CODEC.decode(encoded, DataConfig.class);
                    ImageSource source = DataSets.open(config, configuration);
                    ShardPlan plan = ShardPlan.of(config, source.size(Split.TRAIN), source.size(Split.TEST), blocks, 0);
                    return network.tally(source.read(Split.TEST, plan.test(block)), source.name());
                })
                .stream()
                .reduce(Tally.NONE, Tally::plus);
    }

    /** Predicts every image of a file in {@code blocks} blocks; in the file's order. */
    public List<Predictions> predict(String input, int blocks) {
        return run(blocks, Predictions.class, (block, network, configuration) -> {
            ImageFile images = ImageFile.open(input, configuration);
            int from = (int) ((long) images.count() * block / blocks);
            int to = (int) ((long) images.count() * (block + 1) / blocks);
            return new Predictions(from, network.classes(), network.probabilities(images.read(from, to), input));
        });
    }

    private <T> List<T> run(int blocks, Class<T> type, Work work) {
        Task task = new Task(model, kernelClass.toString(), hadoop, work);
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
    private record Task(String model, String kernelClass, byte[] hadoop, Work work) implements Serializable {
        byte[] run(int block) {
            try {
                KernelSettings.settle(KernelClass.parse(kernelClass));
                Configuration configuration = HadoopSettings.decode(hadoop);
                return CODEC.encode(work.on(block, SavedNetwork.load(model, configuration), configuration));
            } catch (DropwiseException e) {
                return CODEC.encode(new RunEvent.Failed(
                        1, block, TaskHost.name(), e.category(), e.exitCode(), String.valueOf(e.getMessage())));
            }
        }
    }
}
