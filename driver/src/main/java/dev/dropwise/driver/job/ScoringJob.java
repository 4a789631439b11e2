package dev.dropwise.driver.job;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.evaluation.UncertaintyTally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.scoring.Predictions;
import dev.dropwise.worker.scoring.TrainedRun;
import dev.dropwise.worker.scoring.UncertainPredictions;
import dev.dropwise.worker.spark.BlockJob;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;

/** Evaluates and predicts on the cluster, with the model of a finished run. */
public final class ScoringJob {
    private final RunDirectory directory;

    public ScoringJob(RunDirectory directory) {
        this.directory = directory;
    }

    /** Counts of the test set of {@code data}; equal to training's own on the same kernel class. */
    public Tally evaluate(DataConfig data) {
        int blocks = shards();
        return on("dropwise evaluate", job -> job.evaluate(data, blocks));
    }

    /** Predictions of every image in {@code input}, in its order. */
    public List<Predictions> predict(String input) {
        int blocks = shards();
        return on("dropwise predict", job -> job.predict(input, blocks));
    }

    /** As {@link #evaluate(DataConfig)}, beside what Monte Carlo dropout of {@code run} says. */
    public UncertaintyTally evaluate(DataConfig data, TrainedRun run, MonteCarlo request) {
        int blocks = shards();
        return on("dropwise evaluate", job -> job.evaluate(data, blocks, run, request));
    }

    /** What Monte Carlo dropout of {@code run} says about every image in {@code input}, in its order. */
    public List<UncertainPredictions> predict(String input, TrainedRun run, MonteCarlo request) {
        int blocks = shards();
        return on("dropwise predict", job -> job.predict(input, blocks, run, request));
    }

    private int shards() {
        return directory
                .document()
                .map(RunDocument::config)
                .map(config -> config.get("shards"))
                .map(Integer::parseInt)
                .orElse(1);
    }

    private <T> T on(String name, Function<BlockJob, T> work) {
        try (JavaSparkContext spark = SparkContexts.start(name)) {
            int slots = new Slots(spark.sc(), Interruption.never()).await(1);
            if (slots == 0) {
                throw DropwiseException.unavailable(spark.master() + " offers no slot within "
                        + Slots.FIRST_SLOT.toSeconds() + " s; start workers there or wait until some are free");
            }
            KernelClass kernelClass = new NativeBuilds(spark, Interruption.never()).agree(slots, "auto");
            return work.apply(new BlockJob(spark, directory.modelPath(), kernelClass, spark.hadoopConfiguration()));
        }
    }
}
