package dev.dropwise.driver.console;

import dev.dropwise.driver.report.Figures;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import dev.dropwise.worker.progress.WorkerFacts;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Shows a run to a person: on a terminal a progress bar that is drawn over, elsewhere one line an epoch; then the result.
 * Events of an earlier attempt that arrive late are ignored. All methods are called from one thread and none blocks
 * longer than the streams do.
 */
public final class Console {
    private static final String LINE_START_AND_ERASE = "\r\u001b[K";

    private final Screen screen;
    private final LongSupplier nowNs;
    private final Pen pen;
    private final ProgressLine line;
    private final TimeLeft timeLeft;
    private int attempt;
    private double validationAccuracy = Double.NaN;
    private String bar = "";

    /**
     * @param epochs that the run was asked for
     * @param nowNs monotonic, as {@link System#nanoTime}
     */
    public Console(Screen screen, int epochs, LongSupplier nowNs) {
        this.screen = screen;
        this.nowNs = nowNs;
        this.pen = new Pen(screen.colour());
        this.line = new ProgressLine(epochs, screen.columns());
        this.timeLeft = new TimeLeft(epochs);
    }

    /** Shows what a rank tells. */
    public void on(RunEvent event) {
        if (event.attempt() < attempt) {
            return;
        }
        attempt = event.attempt();
        if (event instanceof RunEvent.Met met) {
            met(met);
        } else if (event instanceof RunEvent.Audited audited) {
            long streams = audited.digests().stream().mapToLong(List::size).sum();
            notice("mask audit passed: " + Figures.counted(streams, "stream") + ", all different");
        } else if (event instanceof RunEvent.Stepped stepped) {
            stepped(stepped);
        } else if (event instanceof RunEvent.EpochDone done) {
            epochDone(done.report());
        } else if (event instanceof RunEvent.Warned warned) {
            notice(pen.warning("warning: rank " + warned.rank() + ": " + warned.text()));
        } else if (event instanceof RunEvent.Failed failed) {
            notice(pen.failure("rank " + failed.rank() + " on " + failed.host() + " gave up: " + failed.message()));
        }
    }

    /**
     * An attempt has ended without a model.
     *
     * @param number of the attempt, counted from 1
     * @param of how many attempts are allowed; equal to {@code number} when no other follows
     * @param message what went wrong
     */
    public void attemptFailed(int number, int of, String message) {
        bar = "";
        String follows = number < of ? "; attempt " + (number + 1) + " will start from the last checkpoint" : "";
        notice(pen.failure("attempt " + number + " of " + of + " failed: " + message) + follows);
        attempt = number + 1;
    }

    /** The run that was to be resumed is done. */
    public void alreadyDone() {
        notice(
                "this run is done: nothing is left to train, and its model stays as it is; more --epochs would go on with it");
    }

    /**
     * The run has ended: a table of results, or why there are none.
     *
     * @param runDirectory where the model and the report are
     */
    public void finished(RunDocument document, String runDirectory) {
        bar = "";
        RunDocument.Result result = document.result();
        if (result != null && document.status() == RunDocument.Status.succeeded) {
            erase();
            screen.progress().flush();
            ResultTable.lines(document, result, runDirectory, pen).forEach(screen.results()::println);
            screen.results().flush();
        } else if (document.status() == RunDocument.Status.failed) {
            String error = document.error() == null ? "no cause was recorded" : document.error();
            notice(pen.failure("failed (exit code " + document.exitCode() + "): " + error));
            notice("what is known is in " + pen.plain(runDirectory) + "/report.html");
        } else {
            notice("not finished; train --resume --out " + pen.plain(runDirectory)
                    + " continues from the last checkpoint");
        }
    }

    private void met(RunEvent.Met met) {
        bar = "";
        validationAccuracy = Double.NaN;
        timeLeft.restart(met.startEpoch(), nowNs.getAsLong());
        if (met.startEpoch() > 0) {
            notice("attempt " + met.attempt() + " starts from the checkpoint of epoch " + met.startEpoch());
        } else if (met.attempt() > 1) {
            notice("attempt " + met.attempt() + " starts anew: no epoch was completed");
        }
        long hosts = met.workers().stream().map(WorkerFacts::host).distinct().count();
        notice(pen.plain(Figures.counted(met.workers().size(), "worker") + " on " + Figures.counted(hosts, "host")
                + ", " + Figures.counted(met.parameters(), "parameter") + ", transport " + met.transport()
                + ", kernel class " + met.kernelClass()));
    }

    private void stepped(RunEvent.Stepped stepped) {
        double position = ProgressLine.position(stepped);
        timeLeft.reached(position, nowNs.getAsLong());
        if (screen.terminal()) {
            draw(line.bar(stepped, validationAccuracy, timeLeft.text(position, nowNs.getAsLong())));
        }
    }

    private void epochDone(EpochReport report) {
        validationAccuracy = report.validationAccuracy();
        if (!screen.terminal()) {
            notice(line.epochDone(report, timeLeft.text(report.epoch(), nowNs.getAsLong())));
        }
    }

    private void notice(String text) {
        erase();
        screen.progress().println(text);
        if (!bar.isEmpty()) {
            screen.progress().print(bar);
        }
        screen.progress().flush();
    }

    private void draw(String text) {
        erase();
        bar = text;
        screen.progress().print(bar);
        screen.progress().flush();
    }

    private void erase() {
        if (screen.terminal()) {
            screen.progress().print(LINE_START_AND_ERASE);
        }
    }
}
