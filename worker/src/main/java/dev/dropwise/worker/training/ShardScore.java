package dev.dropwise.worker.training;

import dev.dropwise.common.evaluation.Tally;

/**
 * What one shard contributes to an epoch's numbers; summed over shards in shard order, so that totals do not depend on the number of
 * workers.
 *
 * @param shard its number
 * @param trainLossSum over its training examples in the epoch
 * @param samples training examples in the epoch
 * @param tally of its part of the validation or test set
 * @param training tally of its training examples in eval mode; of none unless asked for
 */
public record ShardScore(int shard, double trainLossSum, long samples, Tally tally, Tally training) {
    ShardScore(int shard, double trainLossSum, long samples, Tally tally) {
        this(shard, trainLossSum, samples, tally, Tally.NONE);
    }
}
