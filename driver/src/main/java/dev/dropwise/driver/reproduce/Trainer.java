package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.job.JobListener;
import dev.dropwise.driver.job.JobWatch;
import dev.dropwise.driver.job.SealMode;
import dev.dropwise.driver.job.TrainRequest;
import dev.dropwise.driver.job.TrainSession;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.RunEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;

/** Trains one network after the other in one Spark context, each with a run directory of its own. For one thread. */
final class Trainer {
    private static final int MAX_ATTEMPTS = 4;
    private static final Duration CANCELLED_WITHIN = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final JavaSparkContext spark;
    private final ResultsDirectory directory;
    private final Setting setting;
    private final Audience audience;

    /**
     * What all trainings share.
     *
     * @param workers ranks
     * @param resume whether what an earlier process trained in the same directory is taken over
     * @param versions of the software
     * @param hadoop the driver's configuration
     */
    record Setting(int workers, boolean resume, Map<String, String> versions, Configuration hadoop) {}

    Trainer(JavaSparkContext spark, ResultsDirectory directory, Setting setting, Audience audience) {
        this.spark = spark;
        this.directory = directory;
        this.setting = setting;
        this.audience = audience;
    }

    Configuration hadoop() {
        return setting.hadoop();
    }

    /**
     * Trains to the last epoch, unless an earlier process has.
     *
     * @param run name of its directory
     */
    Trained train(String run, TrainConfig config) {
        Optional<Trained> earlier = setting.resume()
                ? new EarlierTraining(session(run).directory()).finished(options(run, config))
                : Optional.empty();
        if (earlier.isPresent()) {
            directory.removeCheckpoints(run);
            return earlier.get();
        }
        return train(run, config, setting.resume(), new Watcher(run, Optional.empty()));
    }

    /** As {@link #train(String, TrainConfig)}, and keeps the checkpoints, without which there is no Monte Carlo. */
    Trained trainAndKeep(String run, TrainConfig config) {
        return trained(run, config, setting.resume(), new Watcher(run, Optional.empty()));
    }

    /**
     * As {@link #train(String, TrainConfig)}, but when {@code limit} is over, no other epoch is begun after the one that was complete last;
     * the first epoch is always completed.
     */
    Trained train(String run, TrainConfig config, Duration limit) {
        try {
            return train(run, config, false, new Watcher(run, Optional.of(limit)));
        } catch (TimeUp e) {
            endWhatWasLeftBehind();
            int epochs = session(run)
                    .directory()
                    .newestCheckpoint()
                    .orElseThrow()
                    .position()
                    .epoch();
            return train(run, until(epochs, config), true, new Watcher(run, Optional.empty()));
        }
    }

    /** The tasks of the attempt still have the slots, and rank 0 may yet complete an epoch. */
    private void endWhatWasLeftBehind() {
        spark.sc().cancelAllJobs();
        long deadlineNs = System.nanoTime() + CANCELLED_WITHIN.toNanos();
        while (anyTaskRuns() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    private boolean anyTaskRuns() {
        return Arrays.stream(spark.sc().statusTracker().getExecutorInfos())
                .anyMatch(executor -> executor.numRunningTasks() > 0);
    }

    private Trained train(String run, TrainConfig config, boolean resume, Watcher watcher) {
        Trained trained = trained(run, config, resume, watcher);
        directory.removeCheckpoints(run);
        return trained;
    }

    private Trained trained(String run, TrainConfig config, boolean resume, Watcher watcher) {
        TrainSession session = session(run);
        TrainRequest request = new TrainRequest(
                config,
                setting.workers(),
                setting.workers(),
                MAX_ATTEMPTS,
                "auto",
                SealMode.AUTO,
                resume,
                false,
                options(run, config));
        RunDocument document = session.run(request, new JobWatch(watcher, audience.interruption()), spark);
        double accuracy = Objects.requireNonNull(document.result()).testAccuracy();
        return new Trained(session.directory().metrics(), accuracy);
    }

    private TrainSession session(String run) {
        return new TrainSession(directory.run(run), setting.hadoop(), setting.versions());
    }

    private static TrainConfig until(int epochs, TrainConfig config) {
        ScheduleConfig all = config.schedule();
        ScheduleConfig some = new ScheduleConfig(
                epochs, all.batchSize(), all.shards(), all.patience(), all.exchange(), all.trainAccuracy());
        return new TrainConfig(
                config.data(), config.model(), config.updater(), some, config.augmentation(), config.seed());
    }

    private Map<String, String> options(String run, TrainConfig config) {
        Map<String, String> options = new TreeMap<>();
        options.put("out", directory.run(run));
        options.put("workers", Integer.toString(setting.workers()));
        options.put("data", config.data().name());
        options.put("data-dir", config.data().directory());
        options.put("validation", config.data().validation().toString());
        options.put("train-limit", Integer.toString(config.data().trainLimit()));
        options.put("train-sample", Boolean.toString(config.data().sampled()));
        options.put("normalise", config.data().pixels().toString());
        options.put("model", config.model().name());
        options.put("activation", config.model().activation().toString());
        options.put("dropout", config.model().dropout().toString());
        options.put("input-dropout", config.model().inputDropout().toString());
        options.put("max-norm", Double.toString(config.model().regularisation().maxNorm()));
        options.put("updater", config.updater().kind().toString());
        options.put("learning-rate", Double.toString(config.updater().learningRate()));
        options.put("learning-rate-schedule", config.updater().schedule().toString());
        options.put("momentum", Double.toString(config.updater().momentum()));
        options.put("epochs", Integer.toString(config.schedule().epochs()));
        options.put("batch-size", Integer.toString(config.schedule().batchSize()));
        options.put("shards", Integer.toString(config.schedule().shards()));
        options.put("seed", Long.toString(config.seed()));
        return options;
    }

    /** Tells of attempts that failed, and ends a training that has had its time; how trainings go is told when they are done. */
    private final class Watcher implements JobListener {
        private final String run;
        private final Optional<Duration> limit;
        private final long startNs = System.nanoTime();
        private boolean anyEpoch;

        Watcher(String run, Optional<Duration> limit) {
            this.run = run;
            this.limit = limit;
        }

        @Override
        public void alreadyDone() {
            audience.progress().accept(run + ": done already");
        }

        @Override
        public void on(RunEvent event) {
            if (event instanceof RunEvent.Warned warned) {
                audience.progress().accept(run + ": warning: " + warned.text());
            }
            anyEpoch |= event instanceof RunEvent.EpochDone;
            if (anyEpoch
                    && limit.isPresent()
                    && System.nanoTime() - startNs > limit.get().toNanos()) {
                throw new TimeUp(limit.get());
            }
        }

        @Override
        public void attemptFailed(int attempt, int of, DropwiseException cause, boolean again) {
            audience.progress().accept(run + ": attempt " + attempt + " of " + of + " failed: " + cause.getMessage());
        }
    }
}
