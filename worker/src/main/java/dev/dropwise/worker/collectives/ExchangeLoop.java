package dev.dropwise.worker.collectives;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.transport.BrokenFrameException;
import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameLane;
import dev.dropwise.worker.transport.Transport;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Runs one collective after the other on the caller's thread: sends, receives, and while there is nothing to do watches
 * for interruption, aborts, lost peers and the deadline. A collective may be worked on in advance, between other things that the
 * caller does; only its end waits.
 */
final class ExchangeLoop implements FrameLane.Handler {
    private static final int YIELDS = 100;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long MAX_PARK_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final Transport transport;
    private final Roster roster;
    private final long stepDeadlineNs;
    private final FrameLane lane;
    private final Outbox outbox;
    private final ControlLane control;
    private final Stopwatch stopwatch;
    // Never spins: the cores are busy with training, this rank's or others'.
    private final IdleStrategy idle = new BackoffIdleStrategy(0, YIELDS, MIN_PARK_NS, MAX_PARK_NS);
    private final Consumer<Collective> work = this::work;
    private final Consumer<Collective> cycle = this::cycle;
    private @Nullable Collective current;
    private volatile @Nullable String abortedHere;

    ExchangeLoop(Transport transport, Roster roster, Deadlines deadlines, LaneOpener lanes, ControlLane control) {
        this.transport = transport;
        this.roster = roster;
        this.stepDeadlineNs = deadlines.step().toNanos();
        this.lane = lanes.open(this);
        this.outbox = new Outbox(lane);
        this.control = control;
        this.stopwatch = new Stopwatch(transport.rank(), transport.worldSize());
    }

    /** Makes the data lane with its handler. */
    interface LaneOpener {
        FrameLane open(FrameLane.Handler handler);
    }

    Outbox outbox() {
        return outbox;
    }

    Stopwatch stopwatch() {
        return stopwatch;
    }

    /** Makes the round that runs, if any, fail soon; from any thread. */
    void abort(String reason) {
        abortedHere = reason;
    }

    /** Makes {@code collective} the next round, to be run by {@link #advance} and {@link #finish}. */
    void start(Collective collective, long step) {
        Collective before = current;
        if (before != null) {
            throw new IllegalStateException(
                    place(before) + "expected its end before step=" + step + " starts another one, found it running");
        }
        outbox.nextRound(step);
        current = collective;
    }

    /** Does of {@code collective}, the current round, what can be done without waiting; throws as {@link #finish}. */
    void advance(Collective collective) {
        guarded(collective, work);
    }

    /**
     * Ends {@code collective}, the current round.
     *
     * @throws PeerLostException naming the rank, its host, the phase and the step
     */
    void finish(Collective collective) {
        try {
            guarded(collective, cycle);
        } finally {
            current = null;
            collective.end();
        }
    }

    private void guarded(Collective collective, Consumer<Collective> action) {
        try {
            action.accept(collective);
        } catch (BrokenFrameException e) {
            throw new BrokenFrameException(place(collective) + e.getMessage());
        } catch (RanksDisagreeException e) {
            throw new RanksDisagreeException(place(collective) + e.getMessage());
        }
    }

    private void work(Collective collective) {
        stopwatch.enter(collective.updateNs());
        int frames = 0;
        int moved;
        do {
            moved = collective.send() + poll(collective);
            frames += moved;
        } while (moved > 0 && !collective.isDone());
        stopwatch.leave(outbox.step(), collective.updateNs(), frames > 0);
    }

    private void cycle(Collective collective) {
        requireUninterrupted(collective);
        long progressNs = stopwatch.start(collective);
        while (!collective.isDone()) {
            int sent = collective.send();
            if (sent > 0) {
                stopwatch.onSent();
            }
            if (sent + poll(collective) > 0) {
                progressNs = System.nanoTime();
                idle.reset();
            } else {
                stopwatch.onIdle();
                watch(collective, progressNs);
                idle.idle();
            }
        }
        idle.reset();
        stopwatch.stop(outbox.step(), collective.updateNs());
    }

    private int poll(Collective collective) {
        int taken = 0;
        for (int peer = 0; peer < transport.worldSize(); peer++) {
            if (peer != transport.rank() && collective.awaits(peer)) {
                taken += lane.poll(peer);
            }
        }
        return taken;
    }

    @Override
    public boolean onFrame(FrameHeader header, DirectBuffer buffer, int payloadOffset) {
        Collective collective = current;
        if (collective == null || header.round() > outbox.round()) {
            // A peer that is ahead: its frames wait in the stream until this rank has come to their round.
            return false;
        }
        if (header.round() < outbox.round() || !collective.has(header.kind()) || header.step() != outbox.step()) {
            throw new RanksDisagreeException("round " + outbox.round() + ": found " + header.kind() + " step="
                    + header.step() + " round=" + header.round() + " from rank " + header.rank()
                    + "; do all ranks call the same collectives in the same order?");
        }
        if (!collective.isReadyFor(header)) {
            return false;
        }
        int peer = header.rank();
        stopwatch.onFrame(peer, collective.endsWaiting(header));
        collective.onFrame(peer, header, buffer, payloadOffset);
        return true;
    }

    private void watch(Collective collective, long progressNs) {
        requireUninterrupted(collective);
        String reason = abortedHere;
        if (reason != null) {
            throw DropwiseException.retryable(place(collective) + "aborted by this rank: " + reason, null);
        }
        Optional<ControlLane.Abort> abort = control.poll();
        if (abort.isPresent()) {
            ControlLane.Abort found = abort.get();
            throw new PeerLostException(
                    found.lostRank(),
                    place(collective) + roster.describe(found.rank()) + " gave up: " + found.reason());
        }
        watchPeers(collective, progressNs);
    }

    private void watchPeers(Collective collective, long progressNs) {
        long nowNs = System.nanoTime();
        int mostSilent = -1;
        for (int peer = 0; peer < transport.worldSize(); peer++) {
            if (peer != transport.rank() && (collective.awaits(peer) || collective.owes(peer))) {
                requireAlive(collective, peer);
                // Peers that wait for the hung one are silent as well, but not for as long.
                if (mostSilent < 0 || stopwatch.silentNs(peer, nowNs) > stopwatch.silentNs(mostSilent, nowNs)) {
                    mostSilent = peer;
                }
            }
        }
        if (mostSilent >= 0 && nowNs - progressNs > stepDeadlineNs) {
            throw new PeerLostException(
                    mostSilent,
                    place(collective) + roster.describe(mostSilent) + " silent for "
                            + TimeUnit.NANOSECONDS.toMillis(stopwatch.silentNs(mostSilent, nowNs)) + " ms");
        }
    }

    private void requireAlive(Collective collective, int peer) {
        Optional<Transport.Loss> loss = transport.loss(peer);
        // What arrived between the last look and the loss still counts.
        if (loss.isPresent() && poll(collective) == 0) {
            Transport.Loss found = loss.get();
            throw new PeerLostException(
                    found.rank(), place(collective) + roster.describe(found.rank()) + " " + found.cause());
        }
    }

    private void requireUninterrupted(Collective collective) {
        if (Thread.currentThread().isInterrupted()) {
            throw DropwiseException.retryable(place(collective) + "interrupted", null);
        }
    }

    private String place(Collective collective) {
        return collective.phase().collective() + " step=" + outbox.step() + " phase=" + collective.phase() + ": ";
    }
}
