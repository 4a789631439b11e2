package dev.dropwise.worker.training;

import dev.dropwise.common.layer.ElementwiseUpdate;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.collectives.RangeUpdate;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.util.Optional;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Exchange and update of a replica in one, with the updater's state sharded over ranks as in stage 1 of ZeRO (Rajbhandari et al.
 * 2020): every parameter is updated by one rank, right after its gradient is summed, and the others receive it. Sums and
 * arithmetic are those of an all-reduce with an update on every rank, and so is every bit of the result.
 *
 * <p>Between {@link #apply} and {@link #gatherState} the updater's state is up to date in the rank's own range only. A rank that
 * dies in the middle of a step leaves the others with parameters of which some are updated; the attempt ends with it, and the
 * next one starts from a checkpoint. For one thread.
 */
final class ShardedUpdate {
    private final Replica replica;
    private final Collectives collectives;
    private final Timeline timeline;
    private final ElementwiseUpdate update;
    private final RangeUpdate ofRange;
    private final MutableDirectBuffer gradient;
    private final MutableDirectBuffer parameters;
    private final int floats;

    private ShardedUpdate(Replica replica, Collectives collectives, Timeline timeline, ElementwiseUpdate update) {
        this.replica = replica;
        this.collectives = collectives;
        this.timeline = timeline;
        this.update = update;
        this.ofRange = update::apply;
        this.gradient = Replica.memory(replica.gradient());
        this.parameters = Replica.memory(replica.parameters());
        this.floats = Math.toIntExact(replica.parameters().length());
    }

    /** Empty when there is nobody to share with, or an update that cannot be cut into ranges; the same on every rank. */
    static Optional<ShardedUpdate> of(Replica replica, Collectives collectives, Timeline timeline) {
        return collectives.roster().worldSize() == 1
                ? Optional.empty()
                : replica.elementwiseUpdate().map(update -> new ShardedUpdate(replica, collectives, timeline, update));
    }

    /**
     * Sums the gradients of all ranks, and leaves the parameters of after {@code step} on each of them.
     *
     * @param samples of all ranks in the step
     */
    void apply(int samples, int iteration, int epoch, long step) {
        update.begin(samples, iteration, epoch);
        collectives.reduceUpdateGather(gradient, parameters, floats, ofRange, step);
        long startNs = timeline.nowNs();
        replica.finishUpdate(iteration, epoch);
        if (replica.isConstrained()) {
            timeline.add(Span.UPDATE, startNs, step);
        }
    }

    /** Brings the whole state of the updater up to date: every rank tells all others of its range. */
    void gatherState(long step) {
        for (ElementwiseUpdate.State state : update.states()) {
            UnsafeBuffer values = Replica.memory(state.values());
            int first = state.firstParameter();
            int end = first + values.capacity() / Float.BYTES;
            for (int owner = 0; owner < collectives.roster().worldSize(); owner++) {
                int from = Math.max(first, collectives.firstOwned(owner, floats));
                int to = Math.min(end, collectives.firstOwned(owner + 1, floats));
                if (from < to) {
                    int bytes = (to - from) * Float.BYTES;
                    collectives.broadcast(
                            new UnsafeBuffer(values, (from - first) * Float.BYTES, bytes), bytes, owner, step);
                }
            }
        }
    }
}
