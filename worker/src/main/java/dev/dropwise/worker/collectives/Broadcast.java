package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.Transport;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Copies bytes of one rank, the root, to all others: straight to each, in pieces. */
final class Broadcast implements Collective {
    private static final int PIECE_BYTES = 31 * 1024;

    private final Transport transport;
    private final Outbox outbox;
    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    private final int[] sent;
    private int root;
    private int received;

    Broadcast(Transport transport, Outbox outbox) {
        this.transport = transport;
        this.outbox = outbox;
        this.sent = new int[transport.worldSize()];
    }

    /** Starts a new broadcast of the first {@code lengthBytes} bytes of {@code buffer}. */
    void begin(MutableDirectBuffer buffer, int lengthBytes, int rootRank) {
        bytes.wrap(buffer, 0, lengthBytes);
        root = rootRank;
        Arrays.fill(sent, isRoot() ? 0 : lengthBytes);
        sent[transport.rank()] = lengthBytes;
        received = isRoot() ? lengthBytes : 0;
    }

    @Override
    public int send() {
        int frames = 0;
        for (int peer = 0; peer < sent.length; peer++) {
            frames += owes(peer) ? sendPiece(peer) : 0;
        }
        return frames;
    }

    private int sendPiece(int peer) {
        int from = sent[peer];
        int length = Math.min(length() - from, Math.min(PIECE_BYTES, transport.maxPayloadBytes(peer)));
        if (!outbox.piece(FrameKind.BROADCAST, root, from, length).to(peer, bytes, from)) {
            return 0;
        }
        sent[peer] = from + length;
        return 1;
    }

    @Override
    public void onFrame(int peer, FrameHeader header, DirectBuffer buffer, int payloadOffset) {
        int length = header.payloadBytes();
        if (peer != root || header.chunk() != root || header.offset() != received || length > length() - received) {
            throw new RanksDisagreeException("expected bytes from " + received + " of " + length() + " of root " + root
                    + ", found " + length + " bytes from " + header.offset() + " of root " + header.chunk()
                    + " from rank " + peer + "; do all ranks name one root and one length?");
        }
        bytes.putBytes(received, buffer, payloadOffset, length);
        received += length;
    }

    private boolean isRoot() {
        return transport.rank() == root;
    }

    private int length() {
        return bytes.capacity();
    }

    @Override
    public boolean has(FrameKind kind) {
        return kind == FrameKind.BROADCAST;
    }

    @Override
    public boolean isDone() {
        for (int peer = 0; peer < sent.length; peer++) {
            if (owes(peer)) {
                return false;
            }
        }
        return received == length();
    }

    @Override
    public boolean awaits(int peer) {
        return peer == root && received < length();
    }

    @Override
    public boolean owes(int peer) {
        return sent[peer] < length();
    }

    @Override
    public FrameKind phase() {
        return FrameKind.BROADCAST;
    }

    @Override
    public void end() {
        bytes.wrap(0, 0);
    }
}
