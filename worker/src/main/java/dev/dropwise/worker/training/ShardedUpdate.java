package dev.dropwise.worker.training;

import dev.dropwise.common.layer.BackwardListener;
import dev.dropwise.common.layer.ElementwiseUpdate;
import dev.dropwise.common.layer.SufficientFactors;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.collectives.Ownership;
import dev.dropwise.worker.collectives.ReduceUpdateGather;
import dev.dropwise.worker.trace.Span;
import dev.dropwise.worker.trace.Timeline;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Exchange and update of a replica in one, with the updater's state sharded over ranks as in stage 1 of ZeRO (Rajbhandari et al.
 * 2020): every parameter is updated by one rank, right after its gradient is summed, and the others receive it. Sums and
 * arithmetic are those of an all-reduce with an update on every rank, and so is every bit of the result. Gradients of upper layers
 * can be exchanged, and their parameters updated, while those of lower layers are computed; what is cheaper to send as its factors is
 * multiplied out by the rank that updates it.
 *
 * <p>Between {@link #start} and {@link #gatherState} the updater's state is up to date in the rank's own ranges only. A rank that
 * dies in the middle of a step leaves the others with parameters of which some are updated; the attempt ends with it, and the
 * next one starts from a checkpoint. For one thread.
 */
final class ShardedUpdate implements BackwardListener {
    private final Replica replica;
    private final Collectives collectives;
    private final Timeline timeline;
    private final ElementwiseUpdate update;
    private final ReduceUpdateGather exchange;

    private ShardedUpdate(Replica replica, Collectives collectives, Timeline timeline, ElementwiseUpdate update) {
        this.replica = replica;
        this.collectives = collectives;
        this.timeline = timeline;
        this.update = update;
        this.exchange = collectives.reduceUpdateGather(
                Replica.memory(replica.gradient()),
                Replica.memory(replica.parameters()),
                replica.layerStarts(),
                update::apply);
    }

    /** Empty when there is nobody to share with, or an update that cannot be cut into ranges; the same on every rank. */
    static Optional<ShardedUpdate> of(Replica replica, Collectives collectives, Timeline timeline) {
        return collectives.roster().worldSize() == 1
                ? Optional.empty()
                : replica.elementwiseUpdate().map(update -> new ShardedUpdate(replica, collectives, timeline, update));
    }

    /** Starts the update of {@code step}, whose gradient is still to be computed and will sum over {@code samples} on all ranks. */
    void start(int samples, int iteration, int epoch, long step) {
        update.begin(samples, iteration, epoch);
        exchange.start(step);
    }

    /** Goes as far as it can be gone without waiting. */
    @Override
    public void finished(int from) {
        exchange.advance(from);
    }

    @Override
    public boolean takesFactors() {
        return true;
    }

    @Override
    public boolean takes(SufficientFactors factors) {
        return exchange.offer(factors);
    }

    /** Leaves the parameters of after {@code step} on every rank. */
    void finish(int iteration, int epoch, long step) {
        exchange.finish();
        long startNs = timeline.nowNs();
        replica.finishUpdate(iteration, epoch);
        if (replica.isConstrained()) {
            timeline.add(Span.UPDATE, startNs, step);
        }
    }

    /** Brings the whole state of the updater up to date: every rank tells all others of its ranges. */
    void gatherState(long step) {
        for (ElementwiseUpdate.State state : update.states()) {
            UnsafeBuffer values = Replica.memory(state.values());
            int first = state.firstParameter();
            int end = first + values.capacity() / Float.BYTES;
            for (Ownership.Range owned : exchange.ownership().ranges()) {
                int from = Math.max(first, owned.from());
                int to = Math.min(end, owned.end());
                if (from < to) {
                    int bytes = (to - from) * Float.BYTES;
                    collectives.broadcast(
                            new UnsafeBuffer(values, (from - first) * Float.BYTES, bytes), bytes, owned.owner(), step);
                }
            }
        }
    }
}
