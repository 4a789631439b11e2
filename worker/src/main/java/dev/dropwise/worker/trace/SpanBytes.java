package dev.dropwise.worker.trace;

import java.nio.ByteBuffer;
import java.util.List;

/** Spans one after the other: number of its kind (1 byte), start, end, step (8 each), detail (4), big-endian. */
final class SpanBytes {
    /** Bytes of one span. */
    static final int EACH = 1 + 3 * Long.BYTES + Integer.BYTES;

    private static final List<Span> SPANS = List.of(Span.values());

    private final ByteBuffer buffer;

    /** Room for {@code count} spans. */
    SpanBytes(int count) {
        this.buffer = ByteBuffer.allocate(count * EACH);
    }

    void put(Span span, long startNs, long endNs, long step, int detail) {
        buffer.put((byte) SPANS.indexOf(span))
                .putLong(startNs)
                .putLong(endNs)
                .putLong(step)
                .putInt(detail);
    }

    byte[] toBytes() {
        return buffer.array();
    }

    /** Hands each span of {@code bytes} over, in order. */
    static void forEach(byte[] bytes, RankTimeline.Reader reader) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.remaining() >= EACH) {
            reader.span(SPANS.get(in.get()), in.getLong(), in.getLong(), in.getLong(), in.getInt());
        }
    }
}
