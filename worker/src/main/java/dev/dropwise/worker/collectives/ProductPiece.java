package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.SufficientFactors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Memory for a piece of a gradient that is multiplied out to be summed, and no longer. */
final class ProductPiece {
    private final UnsafeBuffer bytes = new UnsafeBuffer(0, 0);
    private FloatBuffer floats = FloatBuffer.allocate(0);

    /** The {@code count} floats from the vector's float {@code from} on, at the beginning of the buffer; valid until it is called again. */
    DirectBuffer of(SufficientFactors factors, int from, int count) {
        if (floats.capacity() < count) {
            int length = Math.max(AllReduce.PIECE_BYTES, count * Float.BYTES);
            ByteBuffer memory = ByteBuffer.allocateDirect(length).order(ByteOrder.nativeOrder());
            bytes.wrap(memory);
            floats = memory.asFloatBuffer();
        }
        factors.values(from, count, floats);
        return bytes;
    }
}
