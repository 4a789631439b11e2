package dev.dropwise.common.data;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Arrays;

/**
 * Which examples belong to which shard: a pure function of the configuration, the sizes of the data set, the number of
 * shards and the seed, so that every rank and every attempt computes the same plan without talking.
 *
 * <p>The pool is the shortest prefix of the published training order that leaves {@code train-limit} training examples after
 * the holdout (all of it without a limit); if the configuration says sampled, as many examples drawn from all of it. Validation
 * examples are drawn from the pool with the split stream; what remains is cut, in file order, into one contiguous block per
 * shard. Validation and test examples are cut the same way, so that sums over shards do not depend on the number of workers.
 * Block lengths differ by at most one.
 */
public final class ShardPlan {
    private final int shards;
    private final int[] training;
    private final int[] validation;
    private final int testCount;

    private ShardPlan(int shards, int[] training, int[] validation, int testCount) {
        this.shards = shards;
        this.training = training;
        this.validation = validation;
        this.testCount = testCount;
    }

    /**
     * The plan for a set of {@code trainSize} and {@code testSize} examples.
     *
     * @throws DropwiseException (configuration) when there are too few examples for what is asked
     */
    public static ShardPlan of(DataConfig config, int trainSize, int testSize, int shards, long seed) {
        if (shards < 1) {
            throw DropwiseException.configuration("shards must be at least 1, found " + shards);
        }
        int pool = poolSize(config, trainSize);
        int held = heldOut(config.validation(), pool);
        if (pool - held < shards) {
            throw DropwiseException.configuration("every shard needs a training example: training=" + (pool - held)
                    + " (pool=" + pool + " validation=" + held + ") shards=" + shards
                    + "; lower --shards or --validation, or raise --train-limit");
        }
        int[] order = StreamKey.of(seed, Purpose.SPLIT).permutation(config.sampled() ? trainSize : pool);
        int[] validation = Arrays.copyOf(order, held);
        int[] training = Arrays.copyOfRange(order, held, pool);
        Arrays.sort(validation);
        Arrays.sort(training);
        return new ShardPlan(shards, training, validation, testSize);
    }

    private static int poolSize(DataConfig config, int trainSize) {
        int limit = config.trainLimit();
        if (limit == 0) {
            return trainSize;
        }
        Holdout holdout = config.validation();
        long pool = (long) limit + Math.max(0, holdout.count());
        if (holdout.count() < 0) {
            // Training examples grow by 0 or 1 as the pool grows by 1, so the first pool that reaches the limit meets
            // it.
            pool = Math.max(limit, (long) ((limit - 0.5) / (1 - holdout.fraction())) - 1);
            while (pool <= trainSize && pool - heldOut(holdout, (int) pool) < limit) {
                pool++;
            }
        }
        if (pool > trainSize) {
            throw DropwiseException.configuration("train-limit and validation ask for more than the training set holds:"
                    + " train-limit=" + limit + " validation=" + holdout + " need=" + pool + " training set="
                    + trainSize
                    + "; lower --train-limit or --validation");
        }
        return (int) pool;
    }

    private static int heldOut(Holdout holdout, int pool) {
        int held = holdout.count() >= 0 ? holdout.count() : (int) Math.round(pool * holdout.fraction());
        if (held > pool) {
            throw DropwiseException.configuration("validation asks for more than the training set holds: validation="
                    + holdout + " training set=" + pool + "; lower --validation");
        }
        return held;
    }

    /** How many shards there are. */
    public int shards() {
        return shards;
    }

    /** Training examples over all shards. */
    public int trainingCount() {
        return training.length;
    }

    /** Validation examples over all shards; 0 without a holdout. */
    public int validationCount() {
        return validation.length;
    }

    /** Test examples over all shards. */
    public int testCount() {
        return testCount;
    }

    /** Training examples of {@code shard}, at least 1. */
    public int trainingCount(int shard) {
        return NearEqualCut.length(training.length, shards, checked(shard));
    }

    /** The largest {@link #trainingCount(int)}. */
    public int largestShard() {
        return (int) (((long) training.length + shards - 1) / shards);
    }

    /** Indices into the published training set of the shard's training examples, ascending; a new array. */
    public int[] training(int shard) {
        return block(training, shard);
    }

    /** Indices into the published training set of the shard's validation examples, ascending, possibly none; a new array. */
    public int[] validation(int shard) {
        return block(validation, shard);
    }

    /** Indices into the published test set of the shard's test examples, ascending, possibly none; a new array. */
    public int[] test(int shard) {
        int first = NearEqualCut.start(testCount, shards, checked(shard));
        int[] indices = new int[NearEqualCut.length(testCount, shards, shard)];
        Arrays.setAll(indices, i -> first + i);
        return indices;
    }

    /** The contiguous block of shards that {@code rank} owns. */
    public ShardBlock shardsOf(int rank, int worldSize) {
        return ShardBlock.of(rank, worldSize, shards);
    }

    private int[] block(int[] all, int shard) {
        return Arrays.copyOfRange(
                all,
                NearEqualCut.start(all.length, shards, checked(shard)),
                NearEqualCut.start(all.length, shards, shard + 1));
    }

    private int checked(int shard) {
        if (shard < 0 || shard >= shards) {
            throw new IllegalArgumentException("shard must be in 0 until shards: shard=" + shard + " shards=" + shards);
        }
        return shard;
    }
}
