package dev.dropwise.worker.training;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;

/** What a rank tells the others after an epoch: its shards' scores and where its time went. */
public record RankScores(List<ShardScore> scores, EpochReport.Seconds seconds) {
    public RankScores {
        scores = List.copyOf(scores);
    }
}
