package dev.dropwise.worker.training;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.data.MiniBatches;

/**
 * One shard in this worker's memory.
 *
 * @param shard its number
 * @param training examples that gradients come from
 * @param validation this shard's part of the validation set, possibly empty
 * @param test this shard's part of the test set, possibly empty
 * @param batches the order in which training examples are seen
 */
record ShardExamples(
        int shard, ExampleBlock training, ExampleBlock validation, ExampleBlock test, MiniBatches batches) {}
