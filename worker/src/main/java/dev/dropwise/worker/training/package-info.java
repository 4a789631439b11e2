/** One rank's share of training: shards in memory, mini-batches, gradients, the exchange, updates, averaging, validation, checkpoints. */
@NullMarked
package dev.dropwise.worker.training;

import org.jspecify.annotations.NullMarked;
