package dev.dropwise.worker.progress;

/** Where a rank's events go: the driver, by whatever channel the job has. Called from the rank's thread; never blocks for long. */
public interface ProgressSink {
    /** Hands the event over; delivery is best effort, in order. */
    void send(RunEvent event);
}
