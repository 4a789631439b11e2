package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.DroppedFrames;
import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.FrameLane;
import dev.dropwise.worker.transport.Lane;
import dev.dropwise.worker.transport.Sealing;
import dev.dropwise.worker.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Aborts and goodbyes between ranks. Thread-safe, because what aborts a rank need not be its exchange thread. */
final class ControlLane implements FrameLane.Handler {
    private static final int MAX_REASON_BYTES = 1024;

    /**
     * A peer gave up.
     *
     * @param rank who
     * @param lostRank because of whom; itself where no other rank is to blame
     * @param reason in its own words
     */
    record Abort(int rank, int lostRank, String reason) {}

    private final Transport transport;
    private final FrameLane lane;
    private final boolean[] goodbyes;
    private Optional<Abort> abort = Optional.empty();

    ControlLane(Transport transport, Sealing sealing, DroppedFrames dropped) {
        this.transport = transport;
        this.lane = new FrameLane(transport, Lane.CONTROL, sealing, this, dropped);
        this.goodbyes = new boolean[transport.worldSize()];
    }

    /** Looks for new messages; returns the first abort that ever came. */
    synchronized Optional<Abort> poll() {
        for (int peer = 0; peer < goodbyes.length; peer++) {
            if (peer != transport.rank()) {
                lane.poll(peer);
            }
        }
        return abort;
    }

    /** Whether {@code peer} has said goodbye. */
    synchronized boolean hasLeft(int peer) {
        return goodbyes[peer];
    }

    /** Tells all peers that this rank gives up, because of {@code lostRank}. */
    synchronized void sendAbort(String reason, int lostRank) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        send(FrameKind.ABORT, lostRank, new UnsafeBuffer(text, 0, Math.min(text.length, MAX_REASON_BYTES)));
    }

    /** Tells all peers that this rank closes. */
    synchronized void sendGoodbye() {
        send(FrameKind.GOODBYE, transport.rank(), new UnsafeBuffer(0, 0));
    }

    private void send(FrameKind kind, int chunk, DirectBuffer payload) {
        for (int peer = 0; peer < goodbyes.length; peer++) {
            if (peer != transport.rank()) {
                int bytes = payload.capacity();
                lane.header().round(kind, 0, 0).piece(chunk, 0, bytes);
                // At most two such frames are ever sent: there is room, or the peer is gone and needs none.
                lane.send(peer, payload, 0);
            }
        }
    }

    @Override
    public boolean onFrame(FrameHeader header, DirectBuffer buffer, int payloadOffset) {
        if (header.kind() == FrameKind.GOODBYE) {
            goodbyes[header.rank()] = true;
        } else if (header.kind() == FrameKind.ABORT && abort.isEmpty()) {
            byte[] reason = new byte[header.payloadBytes()];
            buffer.getBytes(payloadOffset, reason);
            abort = Optional.of(new Abort(header.rank(), header.chunk(), new String(reason, StandardCharsets.UTF_8)));
        }
        return true;
    }
}
