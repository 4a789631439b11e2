package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;

/**
 * The contiguous block of shards that one rank owns. Blocks of a world cover all shards and differ by at most one shard, so
 * for powers of two every rank owns a whole subtree of the summation tree.
 *
 * @param first the first shard
 * @param count how many shards, at least one
 */
public record ShardBlock(int first, int count) {
    /**
     * The block of {@code rank} in a world of {@code worldSize} ranks that share {@code shards} shards.
     *
     * @throws DropwiseException (configuration) when there are fewer shards than ranks
     */
    public static ShardBlock of(int rank, int worldSize, int shards) {
        if (shards < worldSize) {
            throw DropwiseException.configuration("every worker needs a shard: shards=" + shards + " workers="
                    + worldSize + "; raise --shards or lower --workers");
        }
        if (rank < 0 || rank >= worldSize) {
            throw new IllegalArgumentException(
                    "rank must be in 0 until world size: rank=" + rank + " world=" + worldSize);
        }
        return new ShardBlock(
                NearEqualCut.start(shards, worldSize, rank), NearEqualCut.length(shards, worldSize, rank));
    }

    /** The shard after the last one. */
    public int end() {
        return first + count;
    }
}
