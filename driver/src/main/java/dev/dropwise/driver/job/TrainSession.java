package dev.dropwise.driver.job;

import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.model.ModelZoo;
import dev.dropwise.driver.report.ReportPage;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunOwner;
import dev.dropwise.worker.progress.EpochReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training command from run directory to result: refuses what cannot work before a cluster is asked for anything, and sees to it that
 * {@code run.json} says how it ended, however it ended. For one thread.
 */
public final class TrainSession {
    private static final Logger LOG = LoggerFactory.getLogger(TrainSession.class);
    private static final String NO_NEW_REPORT = "there is no new report.html";

    private final RunDirectory directory;
    private final Configuration hadoop;
    private final Map<String, String> versions;
    private @Nullable RunLog log;

    /**
     * @param out run directory
     * @param versions of the software, for {@code run.json}
     */
    public TrainSession(String out, Configuration hadoop, Map<String, String> versions) {
        this.hadoop = hadoop;
        this.directory = new RunDirectory(out, hadoop);
        this.versions = versions;
    }

    /**
     * Trains.
     *
     * @param watch told of what happens and asked whether to end, on this thread
     * @throws DropwiseException when the run fails; {@code run.json} says the same
     */
    public RunDocument run(TrainRequest request, JobWatch watch) {
        return run(request, watch, Optional.empty());
    }

    /** As {@link #run(TrainRequest, JobWatch)}, in a Spark context that serves more than this run and is left open. */
    public RunDocument run(TrainRequest request, JobWatch watch, JavaSparkContext shared) {
        return run(request, watch, Optional.of(shared));
    }

    @SuppressWarnings("try") // The owner is there to be closed.
    private RunDocument run(TrainRequest request, JobWatch watch, Optional<JavaSparkContext> shared) {
        directory.create();
        try (RunOwner owner = directory.claim()) {
            return owned(request, watch, shared);
        }
    }

    private RunDocument owned(TrainRequest request, JobWatch watch, Optional<JavaSparkContext> shared) {
        refuseToOverwrite(request);
        refuseToGoOnOtherwise(request);
        Optional<RunDocument> done = request.resume() ? done(request) : Optional.empty();
        if (done.isPresent()) {
            watch.listener().alreadyDone();
            // Its own process may have failed to write it.
            orWarn(NO_NEW_REPORT, () -> report(done.get(), directory.metrics()));
            return done.get();
        }
        RunLog started = new RunLog(
                directory,
                RunDocument.starting(request.options(), request.config().seed(), versions),
                request.config().model().name(),
                request.resume() ? directory.document() : Optional.empty());
        log = started;
        try {
            started.begin();
            request.config().warnings().forEach(started::warned);
            return train(request, started, watch, shared);
        } catch (DropwiseException e) {
            orWarn("run.json says still that it runs", () -> started.failed(e));
            throw e;
        } catch (RuntimeException e) {
            orWarn(
                    "run.json says still that it runs",
                    () -> started.failed(DropwiseException.bug("the driver failed", e)));
            throw e;
        } finally {
            if (!started.isHeld()) {
                orWarn(NO_NEW_REPORT, () -> report(started.document(), started.epochs()));
            }
        }
    }

    private void report(RunDocument document, List<EpochReport> epochs) {
        directory.writeReport(new ReportPage().html(document, epochs));
    }

    /** How the run ended is what its user must read, also where a file system is full or gone that should hold it. */
    static void orWarn(String otherwise, Runnable write) {
        try {
            write.run();
        } catch (DropwiseException e) {
            LOG.warn("event=not-written: {}: {}", otherwise, e.getMessage());
        }
    }

    private RunDocument train(TrainRequest request, RunLog started, JobWatch watch, Optional<JavaSparkContext> shared) {
        ImageSource source = DataSets.open(request.config().data(), hadoop);
        if (request.config().model().definition().isEmpty()) {
            ModelZoo.check(request.config().model(), source.shape());
        }
        request.config()
                .augmentation()
                .check(source.shape().height(), source.shape().width());
        ShardPlan plan = ShardPlan.of(
                request.config().data(),
                source.size(Split.TRAIN),
                source.size(Split.TEST),
                request.config().schedule().shards(),
                request.config().seed());
        RunDocument.Data data = new RunDocument.Data(
                source.name(), plan.trainingCount(), plan.validationCount(), plan.testCount(), source.fingerprint());
        if (request.resume()) {
            directory.document().map(RunDocument::data).ifPresent(before -> requireSame(before, data));
        }
        if (shared.isPresent()) {
            return train(shared.get(), request, data, started, watch);
        }
        try (JavaSparkContext spark =
                SparkContexts.start("dropwise train " + request.config().model().name())) {
            return train(spark, request, data, started, watch);
        }
    }

    private RunDocument train(
            JavaSparkContext spark, TrainRequest request, RunDocument.Data data, RunLog started, JobWatch watch) {
        started.placed(new RunDocument.Spark(spark.sc().applicationId(), spark.master()), data);
        return new TrainingJob(spark, request, directory, started, watch).run();
    }

    /** Examples are told apart by their place in the set: in another one, those that were trained on would be validated with. */
    private void requireSame(RunDocument.Data before, RunDocument.Data now) {
        if (!before.fingerprint().equals(now.fingerprint())) {
            throw DropwiseException.configuration("run directory " + directory.path() + " was trained on data "
                    + before.name() + " with fingerprint " + before.fingerprint() + ", found " + now.name() + " with "
                    + now.fingerprint() + "; resume with the data as it was, or start a new run in another --out");
        }
    }

    private void refuseToOverwrite(TrainRequest request) {
        boolean taken =
                directory.document().filter(earlier -> earlier.attempts() > 0).isPresent();
        if (!request.resume() && (taken || directory.hasCheckpoints())) {
            throw DropwiseException.configuration("run directory " + directory.path()
                    + " holds a run already: go on with it by --resume, or choose another --out");
        }
    }

    /** Before run.json is touched: what it says of the run, its result and the options to resume with, must outlive a mistyped one. */
    private void refuseToGoOnOtherwise(TrainRequest request) {
        if (request.resume()) {
            directory
                    .newestCheckpoint()
                    .ifPresent(state -> state.requireStartOf(
                            request.config().digest(),
                            request.config().schedule().epochs()));
        }
    }

    /**
     * What the run has ended with, if nothing is left to train and its model is there. Such a run is left as it is: were its best checkpoint
     * damaged since, to end it once more would put a worse model in the place of the one it has.
     */
    private Optional<RunDocument> done(TrainRequest request) {
        return directory
                .document()
                .filter(earlier -> earlier.status() == RunDocument.Status.succeeded && earlier.result() != null)
                .filter(earlier -> directory.hasModel())
                .filter(earlier -> directory
                        .newestCheckpoint()
                        .filter(state ->
                                state.position().isEndOf(request.config().schedule()))
                        .isPresent());
    }

    /** Where the run is. */
    public RunDirectory directory() {
        return directory;
    }

    /** Notes a failure that came before {@link #run}; does nothing where a run of the past would be lost. */
    public void refused(DropwiseException cause) {
        boolean isNew = directory
                        .document()
                        .filter(earlier ->
                                earlier.attempts() > 0 || !earlier.config().isEmpty())
                        .isEmpty()
                && !directory.hasCheckpoints();
        if (log == null && isNew) {
            directory.create();
            directory.write(RunDocument.starting(Map.of(), 0, versions)
                    .withFailure(
                            String.valueOf(cause.getMessage()), cause.exitCode().status()));
        }
    }
}
