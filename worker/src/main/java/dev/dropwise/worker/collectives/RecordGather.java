package dev.dropwise.worker.collectives;

import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.Transport;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Gives every rank the small records of all ranks; with empty records, a barrier. */
final class RecordGather implements Collective {
    /** The longest record, in bytes: more is for a broadcast. */
    static final int MAX_RECORD_BYTES = 64 * 1024 * 1024;

    private static final int NOTHING_YET = -1;
    private static final byte[] EMPTY = new byte[0];

    private final FrameKind kind;
    private final Transport transport;
    private final Outbox outbox;
    private final UnsafeBuffer own = new UnsafeBuffer(0, 0);
    private final byte[][] records;
    private final int[] sent;
    private final int[] received;

    RecordGather(FrameKind kind, Transport transport, Outbox outbox) {
        this.kind = kind;
        this.transport = transport;
        this.outbox = outbox;
        this.records = new byte[transport.worldSize()][];
        this.sent = new int[transport.worldSize()];
        this.received = new int[transport.worldSize()];
    }

    /** Starts a new gathering, to which this rank gives {@code record}. */
    void begin(byte[] record) {
        own.wrap(record);
        Arrays.fill(records, EMPTY);
        Arrays.fill(sent, NOTHING_YET);
        Arrays.fill(received, NOTHING_YET);
        int rank = transport.rank();
        records[rank] = record;
        sent[rank] = record.length;
        received[rank] = record.length;
    }

    /** The records of all ranks in their order. */
    List<byte[]> records() {
        return List.of(records.clone());
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
        // Also an empty record takes a frame: it says that this rank has come.
        int from = Math.max(0, sent[peer]);
        int length = Math.min(own.capacity() - from, transport.maxPayloadBytes(peer));
        if (!outbox.piece(kind, own.capacity(), from, length).to(peer, own, from)) {
            return 0;
        }
        sent[peer] = from + length;
        return 1;
    }

    @Override
    public void onFrame(int peer, FrameHeader header, DirectBuffer buffer, int payloadOffset) {
        int length = header.payloadBytes();
        int whole = header.chunk();
        if (received[peer] == NOTHING_YET && whole >= 0 && whole <= MAX_RECORD_BYTES) {
            records[peer] = whole == 0 ? EMPTY : new byte[whole];
            received[peer] = 0;
        }
        byte[] record = records[peer];
        if (header.offset() != received[peer] || whole != record.length || length > whole - received[peer]) {
            throw new RanksDisagreeException("expected bytes from " + received[peer] + " of " + record.length
                    + ", found " + length + " from " + header.offset() + " of " + whole + " from rank " + peer
                    + "; a record may have up to " + MAX_RECORD_BYTES + " bytes");
        }
        buffer.getBytes(payloadOffset, record, received[peer], length);
        received[peer] += length;
    }

    @Override
    public boolean has(FrameKind other) {
        return kind == other;
    }

    @Override
    public boolean isDone() {
        for (int peer = 0; peer < sent.length; peer++) {
            if (owes(peer) || awaits(peer)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean awaits(int peer) {
        return received[peer] == NOTHING_YET || received[peer] < records[peer].length;
    }

    @Override
    public boolean owes(int peer) {
        return sent[peer] < own.capacity();
    }

    @Override
    public FrameKind phase() {
        return kind;
    }

    @Override
    public void end() {
        own.wrap(EMPTY);
    }
}
