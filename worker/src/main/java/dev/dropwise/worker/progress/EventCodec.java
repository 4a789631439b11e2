package dev.dropwise.worker.progress;

import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.trace.ClockReading;
import dev.dropwise.worker.trace.RankTimeline;
import java.util.List;

/** Run events and outcomes as bytes. */
public final class EventCodec {
    private final Codec codec = new Codec(List.of(
            RunEvent.Met.class,
            RunEvent.Audited.class,
            RunEvent.Stepped.class,
            RunEvent.EpochDone.class,
            RunEvent.Warned.class,
            RunEvent.Failed.class,
            WorkerFacts.class,
            EpochReport.class,
            EpochReport.Seconds.class,
            EpochReport.Exchange.class,
            EpochReport.Waits.class,
            RankOutcome.Trained.class,
            RankOutcome.GaveUp.class,
            RunResult.class,
            RankTimeline.class,
            RankTimeline.Source.class,
            ClockReading.class,
            DropwiseException.Category.class,
            ExitCode.class));

    /** Encodes one event. */
    public byte[] encode(RunEvent event) {
        return codec.encode(event);
    }

    /** Decodes what {@link #encode} wrote. */
    public RunEvent decode(byte[] bytes) {
        return codec.decode(bytes, RunEvent.class);
    }

    /** Encodes an epoch's report. */
    public byte[] encode(EpochReport report) {
        return codec.encode(report);
    }

    /** Decodes an epoch's report. */
    public EpochReport decodeReport(byte[] bytes) {
        return codec.decode(bytes, EpochReport.class);
    }

    /** Encodes a task's outcome. */
    public byte[] encode(RankOutcome outcome) {
        return codec.encode(outcome);
    }

    /** Decodes a task's outcome. */
    public RankOutcome decodeOutcome(byte[] bytes) {
        return codec.decode(bytes, RankOutcome.class);
    }
}
