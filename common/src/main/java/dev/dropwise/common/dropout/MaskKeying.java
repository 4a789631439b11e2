package dev.dropwise.common.dropout;

import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;

/**
 * Which stream the masks of a training step come from. A run has one way, {@link #of}; others plant the faults that
 * {@link MaskAudit} must find.
 */
@FunctionalInterface
public interface MaskKeying {
    /**
     * The key of the stream of one forward-backward pass at one site.
     *
     * @param shard the shard whose mini-batch passes
     * @param site the place in the network that draws, see {@link MaskContext#bind}
     * @param epoch from 0
     * @param step mini-batch within the epoch, from 0
     */
    long key(int shard, int site, int epoch, long step);

    /** The keys of a run: a hash of (run seed, purpose MASK, shard, site, epoch, step) and of nothing else. */
    static MaskKeying of(long runSeed) {
        StreamKey root = StreamKey.of(runSeed, Purpose.MASK);
        return (shard, site, epoch, step) ->
                root.with(shard).with(site).with(epoch).with(step).value();
    }
}
