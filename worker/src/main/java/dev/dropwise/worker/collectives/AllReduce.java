package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.SufficientFactors;
import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.SharedChunks;
import dev.dropwise.worker.transport.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sums a vector over all ranks in place: a direct reduce-scatter, then a direct all-gather. Rank r owns chunk r of the
 * {@link Ownership}. Every peer sends its own values of that chunk to r, which sums them in the order of {@link TreeSum} and sends the
 * sums to all. Both go in pieces, and a piece goes out as soon as it is summed, so that the phases overlap. The piece that
 * completes a stretch is summed from where the transport holds it; only what arrives ahead of other ranks is copied.
 *
 * <p>The second half is a {@link ChunkGather}. What is gathered need not be the sums: with a {@link RangeUpdate} the owner of a chunk makes parameters of them, while
 * they are in the cache, and those are sent; the sums themselves are kept nowhere. Without one the gathered vector is the summed one.
 *
 * <p>The vector need not be there from the start: nothing is read, and nothing written, below what {@link #ready} has been told, and
 * frames for what is below wait in the stream.
 *
 * <p>A rank may have some of its values as {@link SufficientFactors}. It sends those as one message for a range of the owner's chunk; the owner multiplies them out as it sums. One message of each peer is kept; the next one waits in the stream until its range
 * is summed.
 *
 * <p>All positions are bytes from the start of a chunk.
 */
final class AllReduce implements Collective {
    // Summed while it is in the cache, long enough that fixed costs do not show, and two fit the longest datagram.
    static final int PIECE_BYTES = 31 * 1024;

    private final Transport transport;
    private final Outbox outbox;
    private final int rank;
    private final int worldSize;
    private final Contributions contributions;
    private final UnsafeBuffer summed = new UnsafeBuffer(0, 0);
    private final ChunkGather gather;
    private final int[] ready;
    private final int[] scattered;
    private final int[] received;
    private final OfferedFactors offered;
    private final OutgoingFactors[] outgoing;
    private final ByteBuffer sums = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.nativeOrder());
    private final UnsafeBuffer sumsBytes = new UnsafeBuffer(sums);
    private final FloatBuffer sumsFloats = sums.asFloatBuffer();
    private Ownership ownership;
    private @Nullable RangeUpdate update;
    private long updateNs;
    private int reduced;
    private int unfinished;

    AllReduce(Transport transport, Outbox outbox, SharedChunks shared) {
        this.transport = transport;
        this.outbox = outbox;
        this.rank = transport.rank();
        this.worldSize = transport.worldSize();
        this.contributions = new Contributions(rank, worldSize);
        this.offered = contributions.offered();
        this.ready = new int[worldSize];
        this.ownership = Ownership.whole(0, worldSize);
        this.scattered = new int[worldSize];
        this.received = new int[worldSize];
        this.gather = new ChunkGather(transport, outbox, shared);
        this.outgoing = new OutgoingFactors[worldSize];
        Arrays.setAll(outgoing, peer -> new OutgoingFactors());
    }

    /** Starts a new sum of the first {@code floats} floats of {@code values}. */
    void begin(MutableDirectBuffer values, int floats) {
        begin(values, values, ownership.isWhole(floats) ? ownership : Ownership.whole(floats, worldSize));
        update = null;
        ready(0);
    }

    /**
     * Starts a new sum of {@code gradient}, of which {@code rangeUpdate} makes the owner's chunk of {@code parameters}; of nothing
     * until {@link #ready}.
     */
    void begin(MutableDirectBuffer gradient, MutableDirectBuffer parameters, Ownership dealt, RangeUpdate rangeUpdate) {
        begin(gradient, parameters, dealt);
        update = rangeUpdate;
    }

    private void begin(MutableDirectBuffer toSum, MutableDirectBuffer toGather, Ownership dealt) {
        ownership = dealt;
        summed.wrap(toSum, 0, dealt.floats() * Float.BYTES);
        gather.begin(toGather, dealt);
        updateNs = 0;
        Arrays.fill(ready, 0);
        Arrays.fill(scattered, 0);
        Arrays.fill(received, 0);
        reduced = 0;
        unfinished = 0;
        contributions.begin(summed, chunkBytes(rank));
        for (int peer = 0; peer < worldSize; peer++) {
            outgoing[peer].clear();
            if (peer != rank) {
                unfinished += (chunkBytes(peer) > 0 ? 1 : 0) + (chunkBytes(rank) > 0 ? 1 : 0);
            }
        }
    }

    /** Takes this rank's values of the range that {@code factors} tell from them; before {@link #ready} tells of that range. */
    void offer(SufficientFactors factors) {
        offered.add(factors);
    }

    /** From float {@code from} on values may be read and results written; counted in whole segments. */
    void ready(int from) {
        for (int chunk = 0; chunk < worldSize; chunk++) {
            ready[chunk] = ownership.bytesBehind(chunk, from);
        }
        if (worldSize == 1 && update != null) {
            reduceTo(ready[rank], rank, summed, 0);
        }
    }

    @Override
    public int send() {
        int sent = 0;
        for (int i = 1; i < worldSize; i++) {
            // Each rank begins with another peer, so that nobody is sent to by all at once.
            int peer = (rank + i) % worldSize;
            sent += sendScatter(peer) + gather.send(peer);
        }
        return sent;
    }

    private int sendScatter(int peer) {
        int from = scattered[peer];
        int run = Math.min(ready[peer] - from, ownership.runBytes(peer, from));
        if (run == 0) {
            return 0;
        }
        int at = ownership.vectorOffset(peer, from);
        int first = at / Float.BYTES;
        int alike = offered.alike(first, run / Float.BYTES) * Float.BYTES;
        SufficientFactors factors = offered.at(first);
        if (factors != null) {
            if (outgoing[peer].isEmpty()) {
                outgoing[peer].begin(factors, first, from, alike);
            }
            return sendFactors(peer, outgoing[peer]);
        }
        int bytes = pieceBytes(peer, alike);
        if (!outbox.piece(FrameKind.REDUCE_SCATTER, peer, from, bytes).to(peer, summed, at)) {
            return 0;
        }
        return scattered(peer, from + bytes);
    }

    private int sendFactors(int peer, OutgoingFactors out) {
        int bytes = pieceBytes(peer, out.remaining());
        if (!outbox.piece(FrameKind.FACTORS, peer, out.sent(), bytes).to(peer, out.bytes(), out.sent())) {
            return 0;
        }
        out.advance(bytes);
        return out.isEmpty() ? scattered(peer, out.end()) : 1;
    }

    private int scattered(int peer, int end) {
        scattered[peer] = end;
        finishIf(end == chunkBytes(peer));
        return 1;
    }

    @Override
    public boolean isReadyFor(FrameHeader header) {
        int peer = header.rank();
        if (header.kind() == FrameKind.REDUCE_SCATTER) {
            requirePlace(
                    header,
                    ownership.isNext(header, rank, received[peer])
                            && contributions.of(peer).received() == 0,
                    received[peer]);
            return header.offset() + header.payloadBytes() <= ready[rank];
        }
        if (header.kind() == FrameKind.FACTORS) {
            requirePlace(
                    header,
                    header.chunk() == rank
                            && received[peer] < chunkBytes(rank)
                            && header.offset() == contributions.of(peer).received(),
                    received[peer]);
            return received[peer] < ready[rank] && contributions.of(peer).isFree(reduced);
        }
        // There is no result without this rank's own values, so where one comes this rank was ready.
        gather.requireNext(peer, header);
        return true;
    }

    @Override
    public boolean endsWaiting(FrameHeader header) {
        if (header.kind() == FrameKind.FACTORS) {
            return received[header.rank()] >= ownership.lastPart(rank);
        }
        return header.offset() + header.payloadBytes() > ownership.lastPart(header.chunk());
    }

    @Override
    public void onFrame(int peer, FrameHeader header, DirectBuffer buffer, int payloadOffset) {
        if (header.kind() == FrameKind.REDUCE_SCATTER) {
            onScattered(peer, header.payloadBytes(), buffer, payloadOffset);
            finishIf(received[peer] == chunkBytes(rank));
        } else if (header.kind() == FrameKind.FACTORS) {
            onFactors(peer, header.payloadBytes(), buffer, payloadOffset);
        } else {
            gather.onFrame(peer, header, buffer, payloadOffset);
        }
    }

    private void onScattered(int peer, int bytes, DirectBuffer buffer, int payloadOffset) {
        int from = received[peer];
        int end = from + bytes;
        received[peer] = end;
        int othersHave = leastReceivedBut(peer);
        if (othersHave >= end) {
            reduceTo(end, peer, buffer, payloadOffset);
            return;
        }
        contributions.setAside(peer, from, buffer, payloadOffset, bytes);
        if (othersHave > reduced) {
            reduceTo(othersHave, peer, contributions.aside(peer), reduced);
        }
    }

    private void onFactors(int peer, int bytes, DirectBuffer buffer, int payloadOffset) {
        int from = received[peer];
        try {
            int run = ownership.runBytes(rank, from);
            if (!contributions.of(peer).append(buffer, payloadOffset, bytes, ownership.floats() * Float.BYTES)) {
                return;
            }
            int first = ownership.vectorOffset(rank, from) / Float.BYTES;
            received[peer] = contributions.of(peer).open(from, first, run);
        } catch (IllegalArgumentException e) {
            throw new RanksDisagreeException(
                    e.getMessage() + " from rank " + peer + "; do all ranks train the same network?");
        }
        reduceTo(Math.min(received[peer], leastReceivedBut(peer)), peer, contributions.aside(peer), reduced);
        finishIf(received[peer] == chunkBytes(rank));
    }

    /** Sums up to {@code end}, with the values of {@code last} taken from {@code buffer} and others from aside, unless they are factors. */
    private void reduceTo(int end, int last, DirectBuffer buffer, int offset) {
        int start = reduced;
        while (reduced < end) {
            int at = ownership.vectorOffset(rank, reduced);
            int most = Math.min(PIECE_BYTES, Math.min(end - reduced, ownership.runBytes(rank, reduced)));
            int bytes = contributions.alike(reduced, at / Float.BYTES, most);
            contributions.locate(reduced, at / Float.BYTES, last, buffer, offset + reduced - start);
            reduce(at, bytes);
            gather.made(reduced, at, bytes);
            reduced += bytes;
        }
    }

    private void reduce(int at, int bytes) {
        int first = at / Float.BYTES;
        int floats = bytes / Float.BYTES;
        long startNs = System.nanoTime();
        contributions.multiply(reduced, first, floats);
        if (update == null) {
            contributions.sumInto(summed, at, floats);
            return;
        }
        long multipliedNs = System.nanoTime();
        // Not into the gradient, which nobody reads again: writing it back to memory costs as much as reading it.
        contributions.sumInto(sumsBytes, 0, floats);
        long summedNs = System.nanoTime();
        update.apply(first, floats, sumsFloats);
        updateNs += System.nanoTime() - summedNs + multipliedNs - startNs;
    }

    private int leastReceivedBut(int excluded) {
        int least = chunkBytes(rank);
        for (int peer = 0; peer < worldSize; peer++) {
            if (peer != rank && peer != excluded) {
                least = Math.min(least, received[peer]);
            }
        }
        return least;
    }

    private void requirePlace(FrameHeader header, boolean next, int position) {
        if (!next) {
            throw RanksDisagreeException.of(header, rank, position, chunkBytes(rank));
        }
    }

    private int pieceBytes(int peer, int remaining) {
        return Math.min(remaining, Math.min(PIECE_BYTES, transport.maxPayloadBytes(peer)));
    }

    private int chunkBytes(int chunk) {
        return ownership.chunkBytes(chunk);
    }

    private void finishIf(boolean finished) {
        if (finished) {
            unfinished--;
        }
    }

    @Override
    public boolean has(FrameKind kind) {
        return kind == FrameKind.REDUCE_SCATTER || kind == FrameKind.FACTORS || gather.has(kind);
    }

    @Override
    public boolean isDone() {
        return unfinished == 0 && gather.isDone();
    }

    @Override
    public boolean awaits(int peer) {
        return received[peer] < chunkBytes(rank) || gather.awaits(peer);
    }

    @Override
    public boolean owes(int peer) {
        return scattered[peer] < chunkBytes(peer) || gather.owes(peer);
    }

    @Override
    public long updateNs() {
        return updateNs;
    }

    @Override
    public FrameKind phase() {
        return reduced < chunkBytes(rank) ? FrameKind.REDUCE_SCATTER : FrameKind.ALL_GATHER;
    }

    @Override
    public void end() {
        summed.wrap(0, 0);
        gather.end();
        contributions.end();
        update = null;
    }
}
