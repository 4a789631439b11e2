package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.trace.ChromeTrace;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.RunResult;
import dev.dropwise.worker.progress.WorkerFacts;
import dev.dropwise.worker.trace.RankTimeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the run directory up to date with what ranks report. What an earlier process wrote there stands until ranks are asked to go on with it:
 * a resumption that fails before that loses neither the result nor the options of the run. Used by the driver's main thread only.
 */
final class RunLog {
    private final RunDirectory directory;
    private final String modelName;
    private final Optional<RunDocument> earlier;
    private final long startNs = System.nanoTime();
    private final List<EpochReport> epochs = new ArrayList<>();
    private RunDocument document;
    private boolean held;

    /**
     * @param document the run as far as it is known before it starts
     * @param modelName as the user named it
     * @param earlier what an earlier process wrote, where this one goes on
     */
    RunLog(RunDirectory directory, RunDocument document, String modelName, Optional<RunDocument> earlier) {
        this.directory = directory;
        this.earlier = earlier;
        this.held = earlier.isPresent();
        this.modelName = modelName;
        this.document = document;
    }

    /** {@code run.json} as it stands. */
    RunDocument document() {
        return document;
    }

    /** Epochs done so far. */
    List<EpochReport> epochs() {
        return List.copyOf(epochs);
    }

    /** Whether the run directory still says what it said before. */
    boolean isHeld() {
        return held;
    }

    /** Nothing has happened yet, but the run directory is taken. */
    void begin() {
        write(document);
    }

    /** It is known where the run runs and what it reads. */
    void placed(RunDocument.Spark spark, RunDocument.Data data) {
        write(document.withPlace(spark, data));
    }

    /** Another barrier job starts. */
    void attempt(int attempt, String kernelClass) {
        held = false;
        write(document.withAttempt(attempt, kernelClass));
    }

    /** Takes over what an earlier process wrote. */
    void resume(List<EpochReport> earlier) {
        epochs.addAll(earlier);
    }

    void on(RunEvent event) {
        if (event instanceof RunEvent.Met met) {
            met(met);
        } else if (event instanceof RunEvent.Audited audited) {
            write(document.withMaskDigests(audited.digests()));
        } else if (event instanceof RunEvent.EpochDone done) {
            epochDone(done.report());
        } else if (event instanceof RunEvent.Warned warned) {
            warned(warned.text());
        }
    }

    /** Something that a person should know, though the run goes on. */
    void warned(String text) {
        write(document.withWarning(text));
    }

    void succeeded(RunResult result) {
        double seconds = 0;
        double samples = 0;
        for (EpochReport epoch : epochs) {
            seconds += epoch.samplesPerSecond() > 0 ? 1 / epoch.samplesPerSecond() : 0;
            samples += epoch.samplesPerSecond() > 0 ? 1 : 0;
        }
        write(document.withResult(new RunDocument.Result(
                result.testAccuracy(),
                result.testLoss(),
                Double.isNaN(result.validationAccuracy()) ? null : result.validationAccuracy(),
                result.bestEpoch(),
                seconds > 0 ? samples / seconds : 0,
                (System.nanoTime() - startNs) / 1e9)));
    }

    /** The run has failed. */
    void failed(DropwiseException cause) {
        if (held) {
            // A result stands, whatever keeps it from being bettered.
            earlier.filter(before -> before.status() != RunDocument.Status.succeeded)
                    .ifPresent(before -> directory.write(failed(before, cause)));
        } else {
            write(failed(document, cause));
        }
    }

    private static RunDocument failed(RunDocument document, DropwiseException cause) {
        return document.withFailure(
                String.valueOf(cause.getMessage()), cause.exitCode().status());
    }

    /** An attempt has ended, and ranks have said what they did when; does nothing when they recorded nothing. */
    void traced(List<RankTimeline> timelines) {
        if (!timelines.isEmpty()) {
            directory.writeTrace(ChromeTrace.json(timelines));
        }
    }

    private void met(RunEvent.Met met) {
        // The attempt starts from a checkpoint: epochs after it happen again.
        epochs.removeIf(epoch -> epoch.epoch() > met.startEpoch());
        for (EpochReport restored : met.restored()) {
            // The line of a driver that died before it could write it.
            if (epochs.stream().noneMatch(epoch -> epoch.epoch() == restored.epoch())) {
                epochs.add(restored);
            }
        }
        directory.write(epochs);
        write(document.withWorkers(
                met.workers().stream().map(RunLog::worker).toList(),
                new RunDocument.Model(modelName, met.parameters())));
    }

    private static RunDocument.Worker worker(WorkerFacts facts) {
        return new RunDocument.Worker(facts.rank(), facts.host(), facts.pid(), facts.shards(), List.of());
    }

    private void epochDone(EpochReport report) {
        epochs.removeIf(epoch -> epoch.epoch() >= report.epoch());
        epochs.add(report);
        directory.write(epochs);
    }

    private void write(RunDocument next) {
        document = next;
        if (!held) {
            directory.write(next);
        }
    }
}
