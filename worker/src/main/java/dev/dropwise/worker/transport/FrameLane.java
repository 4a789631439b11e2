package dev.dropwise.worker.transport;

import org.agrona.DirectBuffer;

/**
 * One lane over a transport, with every frame stamped, numbered and checked: what comes out is whole, of this run and
 * attempt, from the rank it claims, and next in order. For one thread at a time.
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
    private final FrameSeal seal = new FrameSeal();
    private final FrameHeader outgoing;
    private final FrameHeader incoming = new FrameHeader();
    private final long[] sent;
    private final long[] received;
    private final long[] verified;

    public FrameLane(Transport transport, Lane lane, RunTag tag, Handler handler, DroppedFrames dropped) {
        this.transport = transport;
        this.lane = lane;
        this.tag = tag;
        this.handler = handler;
        this.dropped = dropped;
        this.outgoing = new FrameHeader().stamp(tag, transport.rank());
        this.sent = new long[transport.worldSize()];
        this.received = new long[transport.worldSize()];
        this.verified = new long[transport.worldSize()];
    }

    /** The header of the next frame to send; its round and piece are to be set before {@link #send}. */
    public FrameHeader header() {
        return outgoing;
    }

    /** Numbers and sends a frame with {@link #header}; false as {@link Transport#send}. */
    public boolean send(int peer, DirectBuffer payload, int offset) {
        outgoing.sequence(sent[peer] + 1);
        if (!transport.send(lane, peer, outgoing, payload, offset)) {
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
        // A frame that is delivered again was checked the first time.
        if (verified[peer] == received[peer]) {
            check(peer, buffer, offset, lengthBytes);
        }
        incoming.wrap(buffer, offset);
        if (incoming.run() != tag.run()) {
            return drop(DroppedFrames.Reason.FOREIGN_RUN);
        }
        if (incoming.attempt() != tag.attempt()) {
            return drop(DroppedFrames.Reason.FOREIGN_ATTEMPT);
        }
        if (incoming.sequence() <= received[peer]) {
            return drop(DroppedFrames.Reason.DUPLICATE);
        }
        requireNext(peer);
        verified[peer] = incoming.sequence();
        if (!handler.onFrame(incoming, buffer, offset + FrameHeader.LENGTH)) {
            return false;
        }
        received[peer]++;
        return true;
    }

    private void check(int peer, DirectBuffer buffer, int offset, int lengthBytes) {
        if (lengthBytes < FrameHeader.LENGTH || !incoming.wrap(buffer, offset).hasMagic()) {
            throw corrupt(peer, "expected a header of " + FrameHeader.LENGTH + " bytes, found none in " + lengthBytes);
        }
        int expected = seal.compute(buffer, offset, lengthBytes);
        int found = FrameSeal.found(buffer, offset);
        if (expected != found || !FrameSeal.isPadded(buffer, offset)) {
            throw corrupt(peer, String.format("expected CRC32C %08x, found %08x", expected, found));
        }
        if (incoming.version() != FrameHeader.VERSION) {
            throw corrupt(
                    peer,
                    "expected frame version " + FrameHeader.VERSION + ", found " + incoming.version()
                            + "; all ranks must run the same Dropwise version");
        }
        if (incoming.payloadBytes() != lengthBytes - FrameHeader.LENGTH) {
            throw corrupt(
                    peer,
                    "expected " + (lengthBytes - FrameHeader.LENGTH) + " bytes of payload, found a header that says "
                            + incoming.payloadBytes());
        }
    }

    private void requireNext(int peer) {
        if (incoming.rank() != peer || incoming.sequence() != received[peer] + 1) {
            dropped.count(DroppedFrames.Reason.OUT_OF_ORDER);
            throw new BrokenFrameException("expected frame " + (received[peer] + 1) + " of rank " + peer
                    + ", found frame " + incoming.sequence() + " of rank " + incoming.rank()
                    + ": frames were lost or overtaken");
        }
    }

    private BrokenFrameException corrupt(int peer, String what) {
        dropped.count(DroppedFrames.Reason.CORRUPT);
        return new BrokenFrameException(
                "corrupt frame after frame " + received[peer] + " of rank " + peer + ": " + what);
    }

    private boolean drop(DroppedFrames.Reason reason) {
        dropped.count(reason);
        return true;
    }
}
