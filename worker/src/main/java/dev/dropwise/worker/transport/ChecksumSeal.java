package dev.dropwise.worker.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Guards against damage, not against people: CRC32C (RFC 3720) over header and payload in the first four bytes of the seal's
 * place, the others zero. Frames are read where they arrived. Allocates nothing.
 */
final class ChecksumSeal implements FrameSeal {
    static final int CODE = 0;

    private final CRC32C crc = new CRC32C();

    @Override
    public int code() {
        return CODE;
    }

    @Override
    public boolean provesSender() {
        return false;
    }

    @Override
    public void seal(MutableDirectBuffer frame, int offset, DirectBuffer payload, int payloadOffset) {
        int payloadBytes = FrameHeader.payloadBytes(frame, offset);
        frame.putBytes(offset + FrameHeader.LENGTH, payload, payloadOffset, payloadBytes);
        int at = offset + FrameHeader.SEAL_OFFSET;
        frame.putInt(at, compute(frame, offset, FrameHeader.LENGTH + payloadBytes), ByteOrder.LITTLE_ENDIAN);
        frame.putInt(at + 4, 0);
        frame.putLong(at + 8, 0);
    }

    @Override
    public boolean open(DirectBuffer frame, int offset, int lengthBytes) {
        return found(frame, offset) == compute(frame, offset, lengthBytes) && isPadded(frame, offset);
    }

    @Override
    public DirectBuffer opened(DirectBuffer frame) {
        return frame;
    }

    @Override
    public int openedOffset(int offset) {
        return offset;
    }

    @Override
    public String mismatch(DirectBuffer frame, int offset, int lengthBytes) {
        return String.format(
                "expected CRC32C %08x, found %08x", compute(frame, offset, lengthBytes), found(frame, offset));
    }

    private int compute(DirectBuffer frame, int offset, int lengthBytes) {
        crc.reset();
        update(frame, offset, FrameHeader.SEAL_OFFSET);
        update(frame, offset + FrameHeader.LENGTH, lengthBytes - FrameHeader.LENGTH);
        return (int) crc.getValue();
    }

    private static int found(DirectBuffer frame, int offset) {
        return frame.getInt(offset + FrameHeader.SEAL_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean isPadded(DirectBuffer frame, int offset) {
        int at = offset + FrameHeader.SEAL_OFFSET;
        return frame.getInt(at + 4) == 0 && frame.getLong(at + 8) == 0;
    }

    private void update(DirectBuffer frame, int offset, int lengthBytes) {
        byte[] array = frame.byteArray();
        int start = frame.wrapAdjustment() + offset;
        if (array != null) {
            crc.update(array, start, lengthBytes);
            return;
        }
        // The mapped buffer belongs to one stream of one client and is used by this thread alone; Aeron itself never
        // looks at its position.
        ByteBuffer mapped = frame.byteBuffer();
        mapped.limit(start + lengthBytes).position(start);
        crc.update(mapped);
        mapped.clear();
    }
}
