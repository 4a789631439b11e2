package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.Uncertainty;
import dev.dropwise.common.kernel.KernelClass;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.worker.experiment.Measurement;
import dev.dropwise.worker.scoring.TrainedRun;
import dev.dropwise.worker.spark.BlockJob;
import dev.dropwise.worker.spark.MeasurementJob;
import java.time.Duration;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/** What a recipe works with: one Spark context for all it does, and how much it shall do. For one thread. */
final class Lab {
    /** {@code --quick} goes through that many of the seeds. */
    private static final int QUICK_SEEDS = 2;

    private final JavaSparkContext spark;
    private final KernelClass kernelClass;
    private final ReproduceRequest request;
    private final Trainer trainer;
    private final Audience audience;

    Lab(JavaSparkContext spark, KernelClass kernelClass, ReproduceRequest request, Trainer trainer, Audience audience) {
        this.spark = spark;
        this.kernelClass = kernelClass;
        this.request = request;
        this.trainer = trainer;
        this.audience = audience;
    }

    /** Whether less shall be done. */
    boolean quick() {
        return request.quick();
    }

    /** The seeds that are used of {@code all}. */
    List<Long> seeds(List<Long> all) {
        return quick() ? all.subList(0, QUICK_SEEDS) : all;
    }

    /** What a reader must know where only some seeds are used. */
    List<String> quickNotes() {
        return quick() ? List.of("--quick: the first " + QUICK_SEEDS + " seeds only") : List.of();
    }

    /** Examples of a published set: {@code trainLimit} to train on (0 for all), {@code validation} held out, drawn by the seed of a run. */
    DataConfig examples(String set, int validation, int trainLimit) {
        return new DataConfig(set, request.directoryOf(set), new Holdout(validation, 0), trainLimit);
    }

    /** Measures on the executors, one task each; results in order. */
    <T> List<T> measure(List<? extends Measurement<T>> measurements, Class<T> type) {
        return new MeasurementJob(spark, kernelClass).run(measurements, type);
    }

    /**
     * Trains.
     *
     * @param run name of its directory, below {@code runs/}
     */
    Trained train(String run, TrainConfig config) {
        return trainer.train(run, config);
    }

    /**
     * As {@link #train(String, TrainConfig)}, but ends with the epoch that is complete after {@code limit}; at least one is.
     */
    Trained train(String run, TrainConfig config, Duration limit) {
        return trainer.train(run, config, limit);
    }

    /**
     * Trains with a model that has dropout, and asks it by Monte Carlo about images.
     *
     * @param images name of a file of images that was left
     * @return the answer for each, in the file's order
     */
    Uncertainty trainAndAsk(String run, TrainConfig config, String images, MonteCarlo passes) {
        int epoch = trainer.trainAndKeep(run, config).epochs().size();
        TrainedRun trained = new TrainedRun(results().run(run), config, epoch);
        String model = new RunDirectory(trained.directory(), trainer.hadoop()).modelPath();
        Uncertainty answer = new BlockJob(spark, model, kernelClass, spark.hadoopConfiguration())
                .predict(results().file(images), 1, trained, passes)
                .get(0)
                .uncertainty();
        results().removeCheckpoints(run);
        return answer;
    }

    /** The published test set, some of it at a time. */
    ImageSource source(String set) {
        return DataSets.open(examples(set, 0, 0), trainer.hadoop());
    }

    /** Leaves a file beside the results. */
    void leave(String name, byte[] content) {
        results().write(name, content);
    }

    private ResultsDirectory results() {
        return new ResultsDirectory(request.out(), trainer.hadoop());
    }

    /** Tells who watches how it goes. */
    void say(String line) {
        audience.progress().accept(line);
    }
}
