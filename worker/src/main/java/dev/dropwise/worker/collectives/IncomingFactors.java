package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.FactorMessage;
import dev.dropwise.common.layer.SufficientFactors;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What one peer sends of its values as factors: one message at a time, kept until its range is summed. Positions are bytes of a chunk. */
final class IncomingFactors {
    private final FactorMessage message = new FactorMessage();
    private final SufficientFactors factors = new SufficientFactors();
    private final ProductPiece piece = new ProductPiece();
    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    private int received;
    private int start;
    private int end;

    void clear() {
        received = 0;
        start = 0;
        end = 0;
    }

    /** How much of a message that is on its way is there. */
    int received() {
        return received;
    }

    /** Whether another message can be begun when all values before {@code position} are summed. */
    boolean isFree(int position) {
        return position >= end;
    }

    /**
     * Takes the next piece of a message; returns whether that completes it.
     *
     * @param mostBytes that a message can be long: that of all values together, for it holds all inputs however few of the values it stands
     *     for are this rank's
     * @throws IllegalArgumentException when it is no message, or longer than it says
     */
    boolean append(DirectBuffer buffer, int offset, int lengthBytes, int mostBytes) {
        int length = received == 0 ? lengthOf(buffer, offset, lengthBytes) : message.length();
        if (lengthBytes > length - received || length > mostBytes) {
            throw new IllegalArgumentException("expected " + length + " bytes of factors, and at most " + mostBytes
                    + ", found " + lengthBytes + " more behind " + received);
        }
        message.reserve(length);
        bytes.wrap(message.bytes());
        bytes.putBytes(received, buffer, offset, lengthBytes);
        received += lengthBytes;
        return received == length;
    }

    /** What a message says that begins with these bytes; without a whole header it is none, and refused for being too short. */
    private static int lengthOf(DirectBuffer buffer, int offset, int lengthBytes) {
        return lengthBytes < FactorMessage.HEADER_BYTES ? lengthBytes : buffer.getInt(offset);
    }

    /**
     * Opens the message that is complete, for values from {@code position} on, which are those of the vector's float {@code from} on.
     *
     * @param runBytes how many of them can follow at most
     * @return behind the last position that it tells
     * @throws IllegalArgumentException when it is damaged or not for that place
     */
    int open(int position, int from, int runBytes) {
        received = 0;
        message.read(factors);
        if (factors.from() > from || factors.end() <= from) {
            throw new IllegalArgumentException("expected factors of float " + from + ", found them for "
                    + factors.from() + " to " + factors.end());
        }
        start = position;
        end = position + (int) Math.min(runBytes, (long) (factors.end() - from) * Float.BYTES);
        return end;
    }

    /** Whether the value at {@code position} is told by the message. */
    boolean tells(int position) {
        return start <= position && position < end;
    }

    /** How many of the {@code lengthBytes} bytes from {@code position} on are all told by it, or all not. */
    int alike(int position, int lengthBytes) {
        if (position >= end) {
            return lengthBytes;
        }
        return Math.min(lengthBytes, (position < start ? start : end) - position);
    }

    /** The {@code floats} values from the vector's float {@code from} on; valid until it is called again. */
    DirectBuffer values(int from, int floats) {
        return piece.of(factors, from, floats);
    }
}
