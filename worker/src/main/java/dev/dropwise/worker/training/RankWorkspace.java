package dev.dropwise.worker.training;

import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.trace.Timeline;
import java.util.List;

/**
 * What a rank works with: its shards, its network, and the other ranks.
 *
 * @param shards in this worker's memory, in shard order
 * @param sizes of all steps over all shards
 * @param buffers for mini-batches
 * @param augmenter of training images
 * @param replica the network
 * @param masks its mask streams
 * @param collectives the other ranks
 * @param timeline where spans go
 */
record RankWorkspace(
        List<ShardExamples> shards,
        StepSizes sizes,
        MiniBatchBuffers buffers,
        ImageAugmenter augmenter,
        Replica replica,
        MaskContext masks,
        Collectives collectives,
        Timeline timeline) {}
