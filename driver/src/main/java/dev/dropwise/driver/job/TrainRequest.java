package dev.dropwise.driver.job;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.failure.DropwiseException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A training job as asked for.
 *
 * @param config what decides the result
 * @param workers ranks to train on
 * @param minWorkers ranks to go on with when some are lost; at most {@code workers}
 * @param maxAttempts barrier jobs before the run fails
 * @param kernelClass the user's own choice, or {@code auto}
 * @param seal whether frames between ranks are sealed
 * @param resume whether to go on from the checkpoints in the run directory
 * @param trace whether ranks record what they do when, for {@code trace.json}
 * @param options the full effective configuration by option name, for {@code run.json}
 */
public record TrainRequest(
        TrainConfig config,
        int workers,
        int minWorkers,
        int maxAttempts,
        String kernelClass,
        SealMode seal,
        boolean resume,
        boolean trace,
        Map<String, String> options) {
    public TrainRequest {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        if (workers < 1 || maxAttempts < 1) {
            throw DropwiseException.configuration(
                    "workers and attempts must be at least 1: workers=" + workers + " attempts=" + maxAttempts);
        }
        if (minWorkers < 1 || minWorkers > workers) {
            throw DropwiseException.configuration(
                    "min-workers must lie between 1 and workers: min-workers=" + minWorkers + " workers=" + workers);
        }
        int shards = config.schedule().shards();
        if (shards < workers) {
            throw DropwiseException.configuration("every worker needs a shard: shards=" + shards + " workers=" + workers
                    + "; raise --shards or lower --workers");
        }
        if (!config.schedule().exchange().isGradients() && (shards != workers || minWorkers != workers)) {
            throw DropwiseException.configuration(
                    "exchange " + config.schedule().exchange()
                            + " needs one shard per worker and a fixed number of workers: shards=" + shards
                            + " workers=" + workers
                            + " min-workers=" + minWorkers
                            + "; leave --shards and --min-workers away, or use --exchange gradients");
        }
    }

    /**
     * How many ranks an attempt gets when only {@code slots} are left: all that were asked for, or else the largest power of two
     * that fits and still is enough, since that keeps the result bit for bit; 0 when it is not enough.
     */
    public int worldSize(int slots) {
        if (slots >= workers) {
            return workers;
        }
        if (slots < minWorkers) {
            return 0;
        }
        int power = Integer.highestOneBit(slots);
        return power >= minWorkers ? power : slots;
    }
}
