package dev.dropwise.worker.progress;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * A line of {@code metrics.jsonl}.
 *
 * @param epoch counted from 1
 * @param step completed since the run began
 * @param trainLoss sample-weighted mean over the epoch's mini-batches, in training mode, without penalties
 * @param validationLoss mean cross-entropy in eval mode; NaN without validation examples
 * @param validationAccuracy fraction; NaN without validation examples
 * @param samplesPerSecond over all ranks, training loop only
 * @param seconds of the whole epoch, mean over ranks
 * @param stepSeconds of one step, median over the epoch's steps on rank 0 (evaluate is 0)
 * @param exchange what travelled
 * @param parameterDigest SHA-256 of the parameters, equal on all ranks
 * @param waits which rank waited for which, by rank; empty in files of versions that did not measure it
 * @param trainAccuracy fraction of the training examples in eval mode; NaN unless the run was asked to measure it
 */
public record EpochReport(
        int epoch,
        long step,
        double trainLoss,
        double validationLoss,
        double validationAccuracy,
        double samplesPerSecond,
        Seconds seconds,
        Seconds stepSeconds,
        Exchange exchange,
        String parameterDigest,
        List<Waits> waits,
        double trainAccuracy) {
    public EpochReport {
        // Jackson hands over null for what an older file lacks.
        waits = List.copyOf(Objects.requireNonNullElse(waits, List.of()));
    }

    /** Without a look at the training examples. */
    public EpochReport(
            int epoch,
            long step,
            double trainLoss,
            double validationLoss,
            double validationAccuracy,
            double samplesPerSecond,
            Seconds seconds,
            Seconds stepSeconds,
            Exchange exchange,
            String parameterDigest,
            List<Waits> waits) {
        this(
                epoch,
                step,
                trainLoss,
                validationLoss,
                validationAccuracy,
                samplesPerSecond,
                seconds,
                stepSeconds,
                exchange,
                parameterDigest,
                waits,
                Double.NaN);
    }

    /**
     * Where time went, in seconds.
     *
     * @param compute forward, backward, update
     * @param exchange moving and summing
     * @param waiting for slower ranks
     * @param evaluate validation
     */
    public record Seconds(
            double compute,
            double exchange,
            @JsonProperty("wait") double waiting,
            double evaluate) {}

    /**
     * What travelled in the epoch, sent by rank 0.
     *
     * @param bytes payload
     * @param rounds collectives
     * @param transport {@code none}, {@code aeron:ipc}, {@code aeron:udp} or {@code aeron:ipc+udp}
     */
    public record Exchange(long bytes, long rounds, String transport) {}

    /**
     * For whom a rank waited in the training loop of the epoch: in each collective for the peer whose first data came last.
     *
     * @param rank that waited
     * @param seconds in all; their mean over ranks is {@link Seconds#waiting}
     * @param waitedFor seconds by the rank that was waited for, its own 0; they add up to {@code seconds}
     */
    public record Waits(int rank, double seconds, List<Double> waitedFor) {
        public Waits {
            waitedFor = List.copyOf(waitedFor);
        }
    }
}
