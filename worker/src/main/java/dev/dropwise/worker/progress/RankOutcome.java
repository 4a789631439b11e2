package dev.dropwise.worker.progress;

/** How a rank's task ended. A rank that fails says so by returning, so that category and exit code survive the trip. */
public sealed interface RankOutcome {
    /** The rank that speaks. */
    int rank();

    /** The rank trained to the end; every rank knows the same result. */
    record Trained(int rank, RunResult result) implements RankOutcome {}

    /** The rank gave up. */
    record GaveUp(int rank, RunEvent.Failed failure) implements RankOutcome {}
}
