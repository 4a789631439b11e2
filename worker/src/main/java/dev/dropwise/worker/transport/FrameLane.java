package dev.dropwise.worker.transport;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One lane over a transport, with every frame stamped, numbered, sealed and checked: what comes out is whole, of this run and
 * attempt, from the rank it claims, and next in order. For one thread at a time.
 *
 * <p>What was not meant for this lane is dropped and counted: frames of other runs and attempts, copies, and, where there is a
 * secret, whatever a stranger may have made or changed. What shows that the peer's own frames are not arriving as they were
 * sent ends the attempt by a {@link BrokenFrameException}: a gap in their numbers and, where no seal proves the sender,
 * damage.
 */
public final class FrameLane implements Transport.Receiver {
    /** Takes checked frames. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Takes one frame.
         *
         * @param header valid during the call only
         * @param buffer holds the payload; valid during the call only
         * @param payloadOffset where the payload begins
         * @return false when the frame must be delivered again later
         */
        boolean onFrame(FrameHeader header, DirectBuffer buffer, int payloadOffset);
    }

    private final Transport transport;
    private final Lane lane;
    private final RunTag tag;
    private final Handler handler;
    private final DroppedFrames dropped;
    private final FrameHeader outgoing;
    private final FrameHeader incoming = new FrameHeader();
    private final Departure departure = new Departure();
    private final FrameSeal[] outgoingSeals;
    private final FrameSeal[] incomingSeals;
    private final long[] sent;
    private final long[] received;
    private final boolean[] held;

    public FrameLane(Transport transport, Lane lane, Sealing sealing, Handler handler, DroppedFrames dropped) {
        this.transport = transport;
        this.lane = lane;
        this.tag = sealing.tag();
        this.handler = handler;
        this.dropped = dropped;
        int worldSize = transport.worldSize();
        int rank = transport.rank();
        this.outgoingSeals = new FrameSeal[worldSize];
        this.incomingSeals = new FrameSeal[worldSize];
        for (int peer = 0; peer < worldSize; peer++) {
            outgoingSeals[peer] = sealing.between(rank, peer, lane);
            incomingSeals[peer] = sealing.between(peer, rank, lane);
        }
        this.outgoing = new FrameHeader().stamp(tag, rank).sealedBy(outgoingSeals[rank].code());
        this.sent = new long[worldSize];
        this.received = new long[worldSize];
        this.held = new boolean[worldSize];
    }

    /** The header of the next frame to send; its round and piece are to be set before {@link #send}. */
    public FrameHeader header() {
        return outgoing;
    }

    /**
     * Numbers and sends a frame with {@link #header}, which says how many bytes of {@code payload} it carries; false as
     * {@link Transport#send}.
     */
    public boolean send(int peer, DirectBuffer payload, int offset) {
        outgoing.sequence(sent[peer] + 1);
        departure.seal = outgoingSeals[peer];
        departure.payload = payload;
        departure.payloadOffset = offset;
        if (!transport.send(lane, peer, departure)) {
            return false;
        }
        sent[peer]++;
        return true;
    }

    /** Hands checked frames from {@code peer} to the handler; returns how many frames left the stream. */
    public int poll(int peer) {
        return transport.poll(lane, peer, this);
    }

    @Override
    public boolean onFrame(int peer, DirectBuffer buffer, int offset, int lengthBytes) {
        FrameSeal seal = incomingSeals[peer];
        // A frame that is delivered again was checked, and opened, the first time.
        if (!held[peer] && !isNext(peer, buffer, offset, lengthBytes)) {
            return true;
        }
        DirectBuffer opened = seal.opened(buffer);
        int at = seal.openedOffset(offset);
        incoming.wrap(opened, at);
        held[peer] = !handler.onFrame(incoming, opened, at + FrameHeader.LENGTH);
        if (held[peer]) {
            return false;
        }
        received[peer]++;
        return true;
    }

    /** Whether this is the frame to take; what is to be dropped is counted, and what ends the attempt thrown. */
    private boolean isNext(int peer, DirectBuffer buffer, int offset, int lengthBytes) {
        FrameSeal seal = incomingSeals[peer];
        boolean framed = lengthBytes >= FrameHeader.LENGTH
                && incoming.wrap(buffer, offset).hasMagic();
        if (framed && seal.open(buffer, offset, lengthBytes)) {
            incoming.wrap(seal.opened(buffer), seal.openedOffset(offset));
            requireReadable(peer, lengthBytes - FrameHeader.LENGTH);
            return !isForeign() && !isCopy(peer) && isInOrder(peer);
        }
        if (!seal.provesSender()) {
            throw corrupt(
                    peer,
                    framed
                            ? seal.mismatch(buffer, offset, lengthBytes)
                            : "expected a header of " + FrameHeader.LENGTH + " bytes, found none in " + lengthBytes);
        }
        // What it says of itself is nothing to build on, but helps whoever reads the counts.
        if (!framed || !isForeign()) {
            dropped.count(DroppedFrames.Reason.UNAUTHENTIC);
        }
        return false;
    }

    private void requireReadable(int peer, int payloadBytes) {
        if (incoming.version() != FrameHeader.VERSION) {
            throw corrupt(
                    peer,
                    "expected frame version " + FrameHeader.VERSION + ", found " + incoming.version()
                            + "; all ranks must run the same Dropwise version");
        }
        if (incoming.payloadBytes() != payloadBytes) {
            throw corrupt(
                    peer,
                    "expected " + payloadBytes + " bytes of payload, found a header that says "
                            + incoming.payloadBytes());
        }
        if (incoming.sealCode() != incomingSeals[peer].code() || !incoming.hasKnownKind()) {
            throw corrupt(
                    peer,
                    "expected seal " + incomingSeals[peer].code() + " and a kind that is known, found seal "
                            + incoming.sealCode()
                            + "; all ranks must run the same Dropwise version");
        }
    }

    private boolean isForeign() {
        if (incoming.run() != tag.run()) {
            dropped.count(DroppedFrames.Reason.FOREIGN_RUN);
            return true;
        }
        if (incoming.attempt() != tag.attempt()) {
            dropped.count(DroppedFrames.Reason.FOREIGN_ATTEMPT);
            return true;
        }
        return false;
    }

    private boolean isCopy(int peer) {
        boolean copy = incoming.sequence() <= received[peer];
        if (copy) {
            dropped.count(DroppedFrames.Reason.DUPLICATE);
        }
        return copy;
    }

    private boolean isInOrder(int peer) {
        if (incoming.rank() != peer || incoming.sequence() != received[peer] + 1) {
            dropped.count(DroppedFrames.Reason.OUT_OF_ORDER);
            throw new BrokenFrameException("expected frame " + (received[peer] + 1) + " of rank " + peer
                    + ", found frame " + incoming.sequence() + " of rank " + incoming.rank()
                    + ": frames were lost or overtaken, as may happen where a rank stands still for seconds;"
                    + " does each rank have a core of its own?");
        }
        return true;
    }

    private BrokenFrameException corrupt(int peer, String what) {
        dropped.count(DroppedFrames.Reason.CORRUPT);
        return new BrokenFrameException(
                "corrupt frame after frame " + received[peer] + " of rank " + peer + ": " + what);
    }

    /** The frame that is being sent, so that the transport can have it written where it has room. */
    private final class Departure implements Transport.Outgoing {
        private FrameSeal seal = new ChecksumSeal();
        private DirectBuffer payload = new UnsafeBuffer(0, 0);
        private int payloadOffset;

        @Override
        public int lengthBytes() {
            return FrameHeader.LENGTH + outgoing.payloadBytes();
        }

        @Override
        public FrameKind kind() {
            return outgoing.kind();
        }

        @Override
        public void writeTo(MutableDirectBuffer frame, int offset) {
            outgoing.writeTo(frame, offset);
            seal.seal(frame, offset, payload, payloadOffset);
        }
    }
}
