package dev.dropwise.worker.training;

import dev.dropwise.worker.progress.EpochReport.Seconds;
import java.util.Arrays;

/** Where an epoch's time went, step by step. For one thread; allocates at the start of an epoch only. */
final class StepClock {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long[] computeNs;
    private final long[] exchangeNs;
    private final long[] waitNs;
    private int steps;

    StepClock(int stepsPerEpoch) {
        computeNs = new long[stepsPerEpoch];
        exchangeNs = new long[stepsPerEpoch];
        waitNs = new long[stepsPerEpoch];
    }

    void step(long computeNs, long exchangeNs, long waitNs) {
        this.computeNs[steps] = computeNs;
        this.exchangeNs[steps] = exchangeNs;
        this.waitNs[steps] = waitNs;
        steps++;
    }

    Seconds totals(long evaluateNs) {
        return new Seconds(total(computeNs), total(exchangeNs), total(waitNs), evaluateNs / NANOS_PER_SECOND);
    }

    Seconds medians() {
        return new Seconds(median(computeNs), median(exchangeNs), median(waitNs), 0);
    }

    private double total(long[] ns) {
        return Arrays.stream(ns, 0, steps).sum() / NANOS_PER_SECOND;
    }

    private double median(long[] ns) {
        long[] sorted = Arrays.copyOf(ns, steps);
        Arrays.sort(sorted);
        return steps == 0 ? 0 : sorted[steps / 2] / NANOS_PER_SECOND;
    }
}
