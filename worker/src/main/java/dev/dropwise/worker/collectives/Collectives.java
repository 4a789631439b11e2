package dev.dropwise.worker.collectives;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.trace.Timeline;
import dev.dropwise.worker.transport.DroppedFrames;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.FrameLane;
import dev.dropwise.worker.transport.Lane;
import dev.dropwise.worker.transport.Sealing;
import dev.dropwise.worker.transport.SharedChunks;
import dev.dropwise.worker.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.MutableDirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ranks do together. All ranks call the same methods in the same order with the same steps and lengths; each call
 * returns when this rank's part is done, or throws within the deadlines. One thread at a time, but for {@link #abort}.
 * After a failure nothing works any more: the attempt is over. In a world of one rank everything returns at once.
 *
 * <pre>{@code
 * collectives.allReduce(gradient, floats, step);
 * update(gradient);
 * }</pre>
 *
 * Every wait throws {@link PeerLostException} when a rank is dead, stopped, silent past the step deadline or gave up,
 * {@link dev.dropwise.worker.transport.BrokenFrameException} when frames are damaged, {@link RanksDisagreeException} when
 * ranks call different things, and a retryable {@link DropwiseException} with the interrupt flag set when the thread is
 * interrupted.
 */
public final class Collectives implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Collectives.class);
    private static final Duration GOODBYE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final long GOODBYE_PARK_NS = TimeUnit.MICROSECONDS.toNanos(200);

    /** Where the exchange of one rank stands. */
    public enum State {
        /** Rounds can be run. */
        OPEN,
        /** A round failed or the rank gave up; peers are told by abort and close. */
        FAILED,
        /** All streams are gone. */
        CLOSED
    }

    private final Transport transport;
    private final SharedChunks shared;
    private final Roster roster;
    private final Deadlines deadlines;
    private final boolean sealed;
    private final DroppedFrames dropped = new DroppedFrames();
    private final ControlLane control;
    private final ExchangeLoop loop;
    private final AllReduce allReduce;
    private final Broadcast broadcast;
    private final RecordGather gather;
    private final RecordGather barrier;
    private final Consumer<Collective> advancing;
    private final Consumer<Collective> finishing;
    private volatile State state = State.OPEN;
    private volatile int blamed;

    /** Collectives over {@code transport}, and {@code shared} memory where ranks have some; they close both. */
    public Collectives(Transport transport, SharedChunks shared, Roster roster, Sealing sealing, Deadlines deadlines) {
        this.transport = transport;
        this.shared = shared;
        this.roster = roster;
        this.deadlines = deadlines;
        this.sealed = sealing.isKeyed();
        this.blamed = roster.rank();
        this.control = new ControlLane(transport, sealing, dropped);
        this.loop = new ExchangeLoop(
                transport,
                roster,
                deadlines,
                handler -> new FrameLane(transport, Lane.DATA, sealing, handler, dropped),
                control);
        this.advancing = loop::advance;
        this.finishing = loop::finish;
        this.allReduce = new AllReduce(transport, loop.outbox(), shared);
        this.broadcast = new Broadcast(transport, loop.outbox());
        this.gather = new RecordGather(FrameKind.RECORD, transport, loop.outbox());
        this.barrier = new RecordGather(FrameKind.ARRIVAL, transport, loop.outbox());
    }

    /**
     * Replaces the first {@code floats} floats of {@code vector} by their sum over all ranks, added in the fixed binary
     * tree over ranks: bit for bit the same on all of them. Allocates nothing.
     *
     * @param vector in native byte order; not touched by anybody else during the call
     */
    public void allReduce(MutableDirectBuffer vector, int floats, long step) {
        requireLength((long) floats * Float.BYTES, vector);
        if (isAlone()) {
            return;
        }
        allReduce.begin(vector, floats);
        run(allReduce, step);
    }

    /**
     * Sums and updates of {@code gradient} and {@code parameters}, as many floats as {@code gradient} holds, to be run as often as
     * one likes. All ranks must cut alike.
     *
     * @param gradient in native byte order
     * @param parameters in native byte order
     * @param cuts where layers begin, ascending, in floats: whatever is to be exchanged while the rest is not yet there
     * @param update called for this rank's parameters
     */
    public ReduceUpdateGather reduceUpdateGather(
            MutableDirectBuffer gradient, MutableDirectBuffer parameters, int[] cuts, RangeUpdate update) {
        requireLength(gradient.capacity(), parameters);
        int floats = gradient.capacity() / Float.BYTES;
        return reduceUpdateGather(gradient, parameters, Ownership.cutAt(cuts, floats, roster.worldSize()), update);
    }

    /** As {@link #reduceUpdateGather(MutableDirectBuffer, MutableDirectBuffer, int[], RangeUpdate)}, for an ownership of its own. */
    ReduceUpdateGather reduceUpdateGather(
            MutableDirectBuffer gradient, MutableDirectBuffer parameters, Ownership ownership, RangeUpdate update) {
        return new ReduceUpdateGather(this, allReduce, gradient, parameters, ownership, update);
    }

    /** Replaces the first {@code lengthBytes} bytes of {@code vector} by those of {@code rootRank}. */
    public void broadcast(MutableDirectBuffer vector, int lengthBytes, int rootRank, long step) {
        requireLength(lengthBytes, vector);
        roster.peer(rootRank);
        if (isAlone()) {
            return;
        }
        broadcast.begin(vector, lengthBytes, rootRank);
        run(broadcast, step);
    }

    /** Returns the records of all ranks in their order; meant for some bytes up to about a megabyte. */
    public List<byte[]> allGather(byte[] record, long step) {
        if (record.length > RecordGather.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("all-gather: expected a record of at most "
                    + RecordGather.MAX_RECORD_BYTES + " bytes, found " + record.length);
        }
        if (isAlone()) {
            return List.of(record);
        }
        gather.begin(record);
        run(gather, step);
        return gather.records();
    }

    /** Returns once all ranks have come here. */
    public void barrier(long step) {
        if (isAlone()) {
            return;
        }
        barrier.begin(new byte[0]);
        run(barrier, step);
    }

    private void run(Collective collective, long step) {
        start(collective, step);
        finish(collective);
    }

    /** Makes {@code collective} the current round; what begins before it has ended is refused. */
    void start(Collective collective, long step) {
        requireOpen(collective, step);
        loop.start(collective, step);
    }

    /** Does of {@code collective} what can be done without waiting. */
    void advance(Collective collective) {
        requireOpen(collective, loop.outbox().step());
        attempt(collective, advancing);
    }

    /** Does the rest of {@code collective}. */
    void finish(Collective collective) {
        attempt(collective, finishing);
    }

    private void requireOpen(Collective collective, long step) {
        if (state != State.OPEN) {
            throw DropwiseException.retryable(
                    collective.phase().collective() + " step=" + step + ": the exchange of "
                            + roster.describe(roster.rank()) + " is " + state + "; a new attempt needs a new one",
                    null);
        }
    }

    private void attempt(Collective collective, Consumer<Collective> action) {
        boolean done = false;
        try {
            action.accept(collective);
            done = true;
        } catch (PeerLostException e) {
            blamed = e.lostRank();
            throw e;
        } finally {
            if (!done) {
                moveTo(
                        State.FAILED,
                        collective.phase().collective() + " step="
                                + loop.outbox().step());
            }
        }
    }

    /**
     * Gives up, and makes all peers stop at once in the collective they are in or come to next, with an error that names
     * this rank and {@code reason}. From any thread; does nothing once closed.
     */
    public void abort(String reason) {
        if (state == State.CLOSED || isAlone()) {
            return;
        }
        moveTo(State.FAILED, reason);
        loop.abort(reason);
        control.sendAbort(reason, blamed);
    }

    /** What the exchange has cost so far; on the exchange thread. */
    public Totals totals() {
        Stopwatch watch = loop.stopwatch();
        return new Totals(loop.outbox().sentBytes(), watch.rounds(), watch.exchangeNs(), watch.waitNs());
    }

    /**
     * The part of {@link Totals#waitNs} so far that was for {@code peer}, in nanoseconds: in each collective this rank waits for the peer
     * that it hears last. On the exchange thread; 0 for the rank itself.
     */
    public long waitedForNs(int peer) {
        return loop.stopwatch().waitedForNs(peer);
    }

    /** Notes every collective from now on in {@code timeline}; on the exchange thread. */
    public void noteIn(Timeline timeline) {
        loop.stopwatch().noteIn(timeline);
    }

    /** Frames that were not used, by reason. */
    public DroppedFrames dropped() {
        return dropped;
    }

    /** Who takes part. */
    public Roster roster() {
        return roster;
    }

    /**
     * What carries the frames: {@code aeron:ipc}, {@code aeron:udp}, {@code aeron:ipc+udp} or {@code none}; and, where they
     * are encrypted, {@code sealed}.
     */
    public String transportName() {
        return sealed ? transport.name() + " sealed" : transport.name();
    }

    /** Whether this rank and {@code peer} read one another's chunks from memory that they share. */
    boolean sharesChunksWith(int peer) {
        return shared.areSharedWith(peer);
    }

    public State state() {
        return state;
    }

    /**
     * Ends the exchange; again does nothing. Call it on every rank after a last barrier. The host of a media driver
     * waits for the goodbyes of its peers, a bounded time, so that nothing they still read is taken away.
     */
    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        Duration patience = state == State.FAILED ? GOODBYE_AFTER_FAILURE : deadlines.close();
        moveTo(State.CLOSED, "close");
        if (dropped.total() > 0) {
            LOG.info("rank={} event=frames-dropped reasons={}", roster.rank(), dropped);
        }
        try {
            control.sendGoodbye();
            if (roster.hostsDriver()) {
                awaitGoodbyes(System.nanoTime() + patience.toNanos());
            }
        } finally {
            transport.close();
            shared.close();
        }
    }

    private void awaitGoodbyes(long deadlineNs) {
        for (int peer = 0; peer < roster.worldSize(); peer++) {
            while (peer != roster.rank()
                    && !control.hasLeft(peer)
                    && transport.loss(peer).isEmpty()) {
                if (System.nanoTime() - deadlineNs > 0 || Thread.currentThread().isInterrupted()) {
                    LOG.info("rank={} event=close-without-goodbye peer={}", roster.rank(), peer);
                    return;
                }
                control.poll();
                LockSupport.parkNanos(GOODBYE_PARK_NS);
            }
        }
    }

    private boolean isAlone() {
        return roster.worldSize() == 1;
    }

    private void moveTo(State next, String why) {
        State old = state;
        if (old != next && old != State.CLOSED) {
            state = next;
            LOG.info("rank={} event=exchange-state from={} to={} why={}", roster.rank(), old, next, why);
        }
    }

    private static void requireLength(long lengthBytes, MutableDirectBuffer vector) {
        if (lengthBytes < 0 || lengthBytes > vector.capacity()) {
            throw new IllegalArgumentException(
                    "expected a length of 0 to " + vector.capacity() + " bytes, found " + lengthBytes);
        }
    }
}
