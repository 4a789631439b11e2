package dev.dropwise.worker.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Seals frames before they leave and checks the seal when they arrive: CRC32C (RFC 3720) over header and payload, the
 * seal's own place left out. Every frame of every transport passes through here, and the header keeps 16 bytes for the
 * seal, so that a keyed code can take its place. Not thread-safe; allocates nothing.
 */
final class FrameSeal {
    private final CRC32C crc = new CRC32C();

    /** Writes the seal into a complete frame. */
    void seal(MutableDirectBuffer frame, int offset, int lengthBytes) {
        int at = offset + FrameHeader.SEAL_OFFSET;
        frame.putInt(at, compute(frame, offset, lengthBytes), ByteOrder.LITTLE_ENDIAN);
        frame.putInt(at + 4, 0);
        frame.putLong(at + 8, 0);
    }

    /** What the first four bytes of the frame's seal should be. */
    int compute(DirectBuffer frame, int offset, int lengthBytes) {
        crc.reset();
        update(frame, offset, FrameHeader.SEAL_OFFSET);
        update(frame, offset + FrameHeader.LENGTH, lengthBytes - FrameHeader.LENGTH);
        return (int) crc.getValue();
    }

    /** What the first four bytes of the frame's seal are. */
    static int found(DirectBuffer frame, int offset) {
        return frame.getInt(offset + FrameHeader.SEAL_OFFSET, ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether the rest of the seal is zero, as it must be. */
    static boolean isPadded(DirectBuffer frame, int offset) {
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
