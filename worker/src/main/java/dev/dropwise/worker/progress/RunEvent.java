package dev.dropwise.worker.progress;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.util.List;

/** What a rank tells the driver. Events of one rank arrive in order; an event can be lost with its executor. */
public sealed interface RunEvent {
    /** The attempt that the event belongs to, so that a late event of an earlier attempt is recognised. */
    int attempt();

    /**
     * All ranks have met, loaded their shards and agreed on where to start. Sent by rank 0.
     *
     * @param kernelClass agreed by all ranks
     * @param transport {@code none}, {@code aeron:ipc}, {@code aeron:udp} or both
     * @param parameters how many the network has
     * @param startEpoch completed epochs of the checkpoint that the attempt starts from; 0 for a fresh start
     * @param restored the report of the last of those, which a driver that died may not have written down; empty for a fresh start
     */
    record Met(
            int attempt,
            List<WorkerFacts> workers,
            String kernelClass,
            String transport,
            long parameters,
            int startEpoch,
            List<EpochReport> restored)
            implements RunEvent {}

    /** The mask audit has passed; {@code digests} holds each worker's mask digests, by rank. Sent by rank 0. */
    record Audited(int attempt, List<List<String>> digests) implements RunEvent {}

    /**
     * Training goes on; sent by rank 0 about twice a second.
     *
     * @param epoch running, counted from 1
     * @param step done within the epoch
     * @param steps in an epoch
     * @param loss mean over rank 0's mini-batches since the last event
     * @param samplesPerSecond over all ranks since the epoch began
     */
    record Stepped(int attempt, int epoch, int step, int steps, double loss, double samplesPerSecond)
            implements RunEvent {}

    /** An epoch is complete and its checkpoint written. Sent by rank 0. */
    record EpochDone(int attempt, EpochReport report) implements RunEvent {}

    /** Something a person should know, though training goes on. */
    record Warned(int attempt, int rank, String text) implements RunEvent {}

    /** A rank has given up. */
    record Failed(
            int attempt, int rank, String host, DropwiseException.Category category, ExitCode exitCode, String message)
            implements RunEvent {}
}
