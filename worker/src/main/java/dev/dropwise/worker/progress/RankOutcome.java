package dev.dropwise.worker.progress;

import dev.dropwise.worker.trace.RankTimeline;

/** How a rank's task ended. A rank that fails says so by returning, so that category and exit code survive the trip. */
public sealed interface RankOutcome {
    /** The rank that speaks. */
    int rank();

    /** What it did when; {@link RankTimeline#NONE} unless it was asked to record that. */
    RankTimeline timeline();

    /** The rank trained to the end; every rank knows the same result. */
    record Trained(int rank, RunResult result, RankTimeline timeline) implements RankOutcome {}

    /** The rank gave up. */
    record GaveUp(int rank, RunEvent.Failed failure, RankTimeline timeline) implements RankOutcome {}
}
