package dev.dropwise.worker.training;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;

/** What a rank tells the others after an epoch: its shards' scores and where its time went. */
public record EpochRecord(List<ShardScore> scores, EpochReport.Seconds seconds) {
    public EpochRecord {
        scores = List.copyOf(scores);
    }
}
