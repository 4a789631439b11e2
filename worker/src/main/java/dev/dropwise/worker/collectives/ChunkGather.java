package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.SharedChunks;
import dev.dropwise.worker.transport.Transport;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The second half of an {@link AllReduce}, its all-gather: what this rank has made of its chunk goes to all others, piece by piece, and what
 * they have made of theirs is put where it belongs.
 *
 * <p>Between ranks that share memory no frame carries it. A rank lays its chunk once into {@link SharedChunks}, while it is in the
 * cache, and every other one copies it from there; frames tell up to where it lies. A peer may read what lies there until its round is
 * over, and no longer: the next values of a piece are made, and laid over it, of what every peer sends in the next round.
 */
final class ChunkGather {
    private final Transport transport;
    private final Outbox outbox;
    private final SharedChunks shared;
    private final int rank;
    private final UnsafeBuffer result = new UnsafeBuffer(0, 0);
    private final int[] sent;
    private final int[] taken;
    private Ownership ownership;
    private boolean laying;
    private int made;
    private int unfinished;

    ChunkGather(Transport transport, Outbox outbox, SharedChunks shared) {
        this.transport = transport;
        this.outbox = outbox;
        this.shared = shared;
        this.rank = transport.rank();
        this.ownership = Ownership.whole(0, transport.worldSize());
        this.sent = new int[transport.worldSize()];
        this.taken = new int[transport.worldSize()];
    }

    /** Starts anew, into {@code vector}. */
    void begin(MutableDirectBuffer vector, Ownership dealt) {
        ownership = dealt;
        result.wrap(vector, 0, dealt.floats() * Float.BYTES);
        laying = shared.hold(dealt.chunkBytes(rank));
        Arrays.fill(sent, 0);
        Arrays.fill(taken, 0);
        made = 0;
        unfinished = 0;
        for (int peer = 0; peer < sent.length; peer++) {
            if (peer != rank) {
                unfinished += (dealt.chunkBytes(peer) > 0 ? 1 : 0) + (dealt.chunkBytes(rank) > 0 ? 1 : 0);
            }
        }
    }

    /** {@code lengthBytes} bytes of this rank's chunk are there, from {@code position} on, at byte {@code at} of the vector. */
    void made(int position, int at, int lengthBytes) {
        if (laying) {
            shared.lay(position, result, at, lengthBytes);
        }
        made = position + lengthBytes;
    }

    /** Sends {@code peer} what there is and has room; returns how many frames that were. */
    int send(int peer) {
        int from = sent[peer];
        if (from == made) {
            return 0;
        }
        int end = laying && shared.areSharedWith(peer) ? told(peer, from) : carried(peer, from);
        if (end == from) {
            return 0;
        }
        sent[peer] = end;
        finishIf(end == ownership.chunkBytes(rank));
        return 1;
    }

    private int told(int peer, int from) {
        return outbox.tellOf(rank, from, made, peer) ? made : from;
    }

    private int carried(int peer, int from) {
        int bytes = Math.min(
                Math.min(made - from, ownership.runBytes(rank, from)),
                Math.min(AllReduce.PIECE_BYTES, transport.maxPayloadBytes(peer)));
        boolean gone = outbox.piece(FrameKind.ALL_GATHER, rank, from, bytes)
                .to(peer, result, ownership.vectorOffset(rank, from));
        return gone ? from + bytes : from;
    }

    /** Refuses a frame that is not the next one of {@code peer}'s chunk. */
    void requireNext(int peer, FrameHeader header) {
        int position = taken[peer];
        if (header.kind() == FrameKind.SHARED) {
            requireNextTelling(peer, header, position);
        } else if (!ownership.isNext(header, peer, position)) {
            throw RanksDisagreeException.of(header, peer, position, ownership.chunkBytes(peer));
        }
    }

    private void requireNextTelling(int peer, FrameHeader header, int position) {
        int end = header.offset();
        int capacity = shared.areSharedWith(peer) ? shared.of(peer).capacity() : 0;
        boolean next = header.chunk() == peer
                && header.payloadBytes() == 0
                && end > position
                && end % Float.BYTES == 0
                && end <= ownership.chunkBytes(peer)
                && end <= capacity;
        if (!next) {
            throw new RanksDisagreeException("expected SHARED of chunk " + peer + " beyond " + position + " of "
                    + ownership.chunkBytes(peer) + " bytes, of which this rank sees " + capacity
                    + " in shared memory, found chunk " + header.chunk() + " up to " + end + " with "
                    + header.payloadBytes() + " bytes from rank " + header.rank()
                    + "; do all ranks reduce vectors of one length?");
        }
    }

    /** Takes what a frame carries or tells of. */
    void onFrame(int peer, FrameHeader header, DirectBuffer buffer, int payloadOffset) {
        if (header.kind() == FrameKind.SHARED) {
            while (taken[peer] < header.offset()) {
                int bytes = Math.min(header.offset() - taken[peer], ownership.runBytes(peer, taken[peer]));
                take(peer, shared.of(peer), taken[peer], bytes);
            }
        } else {
            take(peer, buffer, payloadOffset, header.payloadBytes());
        }
        finishIf(taken[peer] == ownership.chunkBytes(peer));
    }

    private void take(int peer, DirectBuffer buffer, int offset, int lengthBytes) {
        result.putBytes(ownership.vectorOffset(peer, taken[peer]), buffer, offset, lengthBytes);
        taken[peer] += lengthBytes;
    }

    private void finishIf(boolean finished) {
        if (finished) {
            unfinished--;
        }
    }

    boolean has(FrameKind kind) {
        return kind == FrameKind.ALL_GATHER || kind == FrameKind.SHARED;
    }

    boolean isDone() {
        return unfinished == 0;
    }

    boolean awaits(int peer) {
        return taken[peer] < ownership.chunkBytes(peer);
    }

    boolean owes(int peer) {
        return sent[peer] < ownership.chunkBytes(rank);
    }

    /** Lets go of the caller's memory. */
    void end() {
        result.wrap(0, 0);
    }
}
