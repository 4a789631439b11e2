package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.FactorMessage;
import dev.dropwise.common.layer.SufficientFactors;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What this rank sends one peer of its values as factors: one message at a time. Positions are bytes of the peer's chunk. */
final class OutgoingFactors {
    private final FactorMessage message = new FactorMessage();
    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    private int length;
    private int sent;
    private int end;

    void clear() {
        length = 0;
        sent = 0;
        end = 0;
    }

    /** Readies a message for the {@code lengthBytes} of values from {@code position} on, those of the vector's float {@code from} on. */
    void begin(SufficientFactors factors, int from, int position, int lengthBytes) {
        message.write(factors, from, from + lengthBytes / Float.BYTES);
        bytes.wrap(message.bytes());
        length = message.length();
        sent = 0;
        end = position + lengthBytes;
    }

    boolean isEmpty() {
        return sent == length;
    }

    DirectBuffer bytes() {
        return bytes;
    }

    int sent() {
        return sent;
    }

    int remaining() {
        return length - sent;
    }

    /** Notes that {@code count} more bytes are sent. */
    void advance(int count) {
        sent += count;
    }

    /** Behind the last value that the message stands for. */
    int end() {
        return end;
    }
}
