package dev.dropwise.worker.training;

import dev.dropwise.worker.progress.EpochReport;
import java.util.List;

/** What a rank tells the others after an epoch: its shards' scores, where its time went, and seconds of waiting by rank. */
public record RankScores(List<ShardScore> scores, EpochReport.Seconds seconds, List<Double> waitedFor) {
    public RankScores {
        scores = List.copyOf(scores);
        waitedFor = List.copyOf(waitedFor);
    }
}
