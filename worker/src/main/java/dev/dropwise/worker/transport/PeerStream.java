package dev.dropwise.worker.transport;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/** One lane between this rank and one peer: a stream there and a stream back. */
final class PeerStream implements ControlledFragmentHandler {
    // Few at a time, so that sending and receiving take turns and pieces are passed on while they are in the cache.
    private static final int FRAGMENT_LIMIT = 4;

    private final int peer;
    private final ExclusivePublication publication;
    private final Subscription subscription;
    private final int peerSessionId;
    private final BufferClaim claim = new BufferClaim();
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private @Nullable Image image;
    private Transport.@Nullable Receiver receiver;

    PeerStream(int peer, ExclusivePublication publication, Subscription subscription, int peerSessionId) {
        this.peer = peer;
        this.publication = publication;
        this.subscription = subscription;
        this.peerSessionId = peerSessionId;
    }

    /** Whether both directions are open; looks again on every call until they are. */
    boolean isConnected() {
        if (image == null) {
            image = subscription.imageBySessionId(peerSessionId);
        }
        return image != null && publication.isConnected();
    }

    /** Whether a direction that was open has ended and all that arrived has been read. */
    boolean hasEnded() {
        Image current = image;
        return current == null || current.isClosed() || current.isEndOfStream() || !publication.isConnected();
    }

    /** Whether this rank's own client has closed the stream, which says nothing about the peer. */
    boolean isClosedHere() {
        return publication.isClosed() || subscription.isClosed();
    }

    int maxPayloadBytes() {
        return (publication.maxPayloadLength() - FrameHeader.LENGTH) & -4;
    }

    boolean send(Transport.Outgoing outgoing) {
        int lengthBytes = outgoing.lengthBytes();
        long position = publication.tryClaim(lengthBytes, claim);
        if (position < 0) {
            if (position == Publication.MAX_POSITION_EXCEEDED) {
                throw new IllegalStateException("stream to rank " + peer + ": Aeron's largest position is reached at "
                        + publication.position() + "; start a new attempt from the last checkpoint");
            }
            // Back pressure, administration, not connected or closed: to be tried again until the peer counts as lost.
            return false;
        }
        try {
            frame.wrap(claim.buffer(), claim.offset(), lengthBytes);
            outgoing.writeTo(frame, 0);
        } catch (RuntimeException e) {
            claim.abort();
            throw e;
        }
        claim.commit();
        return true;
    }

    int poll(Transport.Receiver to) {
        Image current = image;
        if (current == null) {
            return 0;
        }
        receiver = to;
        return current.controlledPoll(this, FRAGMENT_LIMIT);
    }

    @Override
    public Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        Transport.Receiver to = receiver;
        return to != null && to.onFrame(peer, buffer, offset, length) ? Action.CONTINUE : Action.ABORT;
    }
}
