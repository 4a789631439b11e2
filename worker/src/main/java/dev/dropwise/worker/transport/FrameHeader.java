package dev.dropwise.worker.transport;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The first {@value #LENGTH} bytes of every frame, little-endian, at fixed places. A fresh header has bytes of its own,
 * to be filled and sent; {@link #wrap} makes it a view of a received frame. Not thread-safe; allocates nothing.
 *
 * <pre>
 *   0 magic 'DW'     2  version 1        3 kind 1      4 seal's code 1 5 zero 1    6 sender's rank 2
 *   8 run 8         16  attempt 4       20 payload bytes 4
 *  24 step 8        32  round 8         40 sequence 8
 *  48 chunk 4       52  offset 4        56 seal 16
 * </pre>
 *
 * The seal's code is 0 for {@link ChecksumSeal} and 1 for {@link KeyedSeal}.
 *
 * <p>A round is the number of a collective, counted from 1 in the order of calls: equal on all ranks. A sequence counts the
 * frames of one sender to one receiver in one lane, from 1.
 */
public final class FrameHeader {
    /** Bytes of a header. */
    public static final int LENGTH = 72;

    static final short MAGIC = 0x5744;
    static final byte VERSION = 1;
    static final int SEAL_OFFSET = 56;
    static final int SEAL_LENGTH = 16;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int KIND_OFFSET = 3;
    private static final int SEAL_CODE_OFFSET = 4;
    private static final int RANK_OFFSET = 6;
    private static final int RUN_OFFSET = 8;
    private static final int ATTEMPT_OFFSET = 16;
    private static final int PAYLOAD_OFFSET = 20;
    private static final int STEP_OFFSET = 24;
    private static final int ROUND_OFFSET = 32;
    private static final int SEQUENCE_OFFSET = 40;
    private static final int CHUNK_OFFSET = 48;
    private static final int OFFSET_OFFSET = 52;

    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[LENGTH]);

    /** Stamps what all frames of one sender have in common. */
    public FrameHeader stamp(RunTag tag, int rank) {
        bytes.putShort(0, MAGIC, ORDER);
        bytes.putByte(2, VERSION);
        bytes.putShort(RANK_OFFSET, (short) rank, ORDER);
        bytes.putLong(RUN_OFFSET, tag.run(), ORDER);
        bytes.putInt(ATTEMPT_OFFSET, tag.attempt(), ORDER);
        return this;
    }

    /** Names the kind of seal that all frames of one sender have. */
    FrameHeader sealedBy(int sealCode) {
        bytes.putByte(SEAL_CODE_OFFSET, (byte) sealCode);
        return this;
    }

    /** Sets which collective a frame belongs to. */
    public FrameHeader round(FrameKind kind, long round, long step) {
        bytes.putByte(KIND_OFFSET, (byte) kind.code());
        bytes.putLong(ROUND_OFFSET, round, ORDER);
        bytes.putLong(STEP_OFFSET, step, ORDER);
        return this;
    }

    /** Sets which bytes a frame carries. */
    public FrameHeader piece(int chunk, int offset, int payloadBytes) {
        bytes.putInt(CHUNK_OFFSET, chunk, ORDER);
        bytes.putInt(OFFSET_OFFSET, offset, ORDER);
        bytes.putInt(PAYLOAD_OFFSET, payloadBytes, ORDER);
        return this;
    }

    /** Sets the frame's number in its lane. */
    public FrameHeader sequence(long sequence) {
        bytes.putLong(SEQUENCE_OFFSET, sequence, ORDER);
        return this;
    }

    /** Makes this header a view of the frame at {@code offset}; valid for as long as those bytes are. */
    public FrameHeader wrap(DirectBuffer frame, int offset) {
        bytes.wrap(frame, offset, LENGTH);
        return this;
    }

    /** Copies the header to the start of a frame; the seal is not part of it yet. */
    public void writeTo(MutableDirectBuffer frame, int offset) {
        frame.putBytes(offset, bytes, 0, LENGTH);
    }

    /** Whether these bytes begin like a frame of any version. */
    public boolean hasMagic() {
        return bytes.getShort(0, ORDER) == MAGIC;
    }

    public int version() {
        return bytes.getByte(2);
    }

    int sealCode() {
        return bytes.getByte(SEAL_CODE_OFFSET);
    }

    /** Whether {@link #kind} knows what this frame is for. */
    boolean hasKnownKind() {
        return FrameKind.isCode(bytes.getByte(KIND_OFFSET));
    }

    /** The kind; throws {@link IllegalArgumentException} where no such kind exists. */
    public FrameKind kind() {
        return FrameKind.of(bytes.getByte(KIND_OFFSET));
    }

    public int rank() {
        return Short.toUnsignedInt(bytes.getShort(RANK_OFFSET, ORDER));
    }

    public long run() {
        return bytes.getLong(RUN_OFFSET, ORDER);
    }

    public int attempt() {
        return bytes.getInt(ATTEMPT_OFFSET, ORDER);
    }

    public int payloadBytes() {
        return bytes.getInt(PAYLOAD_OFFSET, ORDER);
    }

    public long step() {
        return bytes.getLong(STEP_OFFSET, ORDER);
    }

    public long round() {
        return bytes.getLong(ROUND_OFFSET, ORDER);
    }

    public long sequence() {
        return bytes.getLong(SEQUENCE_OFFSET, ORDER);
    }

    /** The length of the payload, as the frame at {@code offset} says. */
    static int payloadBytes(DirectBuffer frame, int offset) {
        return frame.getInt(offset + PAYLOAD_OFFSET, ORDER);
    }

    /** The sequence that the frame at {@code offset} says. */
    static long sequence(DirectBuffer frame, int offset) {
        return frame.getLong(offset + SEQUENCE_OFFSET, ORDER);
    }

    /** The rank that owns the chunk; a record's whole length, or the lost rank, in frames that have no chunk. */
    public int chunk() {
        return bytes.getInt(CHUNK_OFFSET, ORDER);
    }

    /** Where the payload begins, in bytes from the start of the chunk or record; of {@link FrameKind#SHARED}, up to where the chunk is there. */
    public int offset() {
        return bytes.getInt(OFFSET_OFFSET, ORDER);
    }
}
