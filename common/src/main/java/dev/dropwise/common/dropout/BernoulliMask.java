package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A mask of independent elements: 0 with the drop probability, else {@code 1 / (1 - p)}. One off-heap array, outside of all
 * workspaces, is kept and reused; a draw allocates only when it is larger than all before or of another data type.
 *
 * <p>Element i in row-major order is kept when word i of the key, as a fraction of 2^31, is below 1 - p: the same elements
 * are kept in FLOAT and DOUBLE and on every machine. The probability is exact to 2^-31. Owned by one dropout; not
 * thread-safe.
 */
final class BernoulliMask {
    private static final double WORD_RANGE = 0x1p31;

    private final KeyedWords words = new KeyedWords();
    private final int[] chunk = new int[KeyedWords.CHUNK];
    private final long[] wideChunk = new long[KeyedWords.CHUNK];
    private @Nullable Store store;
    private @Nullable INDArray mask;
    private boolean drawn;

    /** Off-heap memory of one data type, and views of it as the words that make up its elements. */
    private record Store(INDArray array, IntBuffer ints, LongBuffer longs) {
        static Store of(DataType type, int length) {
            INDArray array = Nd4j.createUninitialized(type, new long[] {length}, 'c');
            ByteBuffer bytes = array.data().asNio().order(ByteOrder.nativeOrder());
            return new Store(array, bytes.asIntBuffer(), bytes.asLongBuffer());
        }
    }

    /**
     * Draws the mask of {@code key}.
     *
     * @return row-major, of {@code shape}; this object's own array, valid until the next draw
     */
    INDArray draw(long key, double dropProbability, DataType type, long[] shape) {
        INDArray array = arrayOf(type, shape);
        double scale = 1 / (1 - dropProbability);
        if (dropProbability == 0) {
            array.assign(1);
        } else if (type == DataType.FLOAT) {
            fillSingle(key, dropProbability, Float.floatToRawIntBits((float) scale), (int) array.length());
        } else {
            fillDouble(key, dropProbability, Double.doubleToRawLongBits(scale), (int) array.length());
        }
        drawn = true;
        return array;
    }

    /** The mask of the last draw; empty after {@link #clear}. */
    Optional<INDArray> current() {
        return drawn ? Optional.ofNullable(mask) : Optional.empty();
    }

    /** Forgets that a mask was drawn; keeps the memory. */
    void clear() {
        drawn = false;
    }

    /** Elements in the mask of the last draw. */
    int length() {
        return mask == null ? 0 : (int) mask.length();
    }

    /** The last mask as bits, 1 for kept, eight to a byte, the first in the lowest bit. */
    byte[] packedBits() {
        Store memory = memory();
        int length = length();
        boolean single = memory.array().dataType() == DataType.FLOAT;
        byte[] bits = new byte[(length + 7) / 8];
        for (int i = 0; i < length; i++) {
            boolean kept = single ? memory.ints().get(i) != 0 : memory.longs().get(i) != 0;
            if (kept) {
                bits[i >> 3] |= (byte) (1 << (i & 7));
            }
        }
        return bits;
    }

    private void fillSingle(long key, double dropProbability, int scale, int length) {
        IntBuffer out = memory().ints();
        int threshold = threshold(dropProbability);
        for (int at = 0; at < length; at += chunk.length) {
            words.fill(key, at, chunk);
            keep(chunk, threshold, scale);
            out.put(at, chunk, 0, Math.min(chunk.length, length - at));
        }
    }

    private void fillDouble(long key, double dropProbability, long scale, int length) {
        LongBuffer out = memory().longs();
        int threshold = threshold(dropProbability);
        for (int at = 0; at < length; at += chunk.length) {
            words.fill(key, at, chunk);
            keep(chunk, threshold, -1);
            for (int i = 0; i < chunk.length; i++) {
                wideChunk[i] = chunk[i] & scale;
            }
            out.put(at, wideChunk, 0, Math.min(chunk.length, length - at));
        }
    }

    private static int threshold(double dropProbability) {
        return (int) Math.min(Integer.MAX_VALUE, Math.round((1 - dropProbability) * WORD_RANGE));
    }

    // Branch-free, so that it vectorises and does not pay a misprediction for every second element.
    private static void keep(int[] words, int threshold, int kept) {
        for (int i = 0; i < words.length; i++) {
            words[i] = ((words[i] >>> 1) - threshold) >> 31 & kept;
        }
    }

    @SuppressWarnings("try") // The scope acts by being open.
    private INDArray arrayOf(DataType type, long[] shape) {
        INDArray last = mask;
        if (last != null && last.dataType() == type && Arrays.equals(last.shape(), shape)) {
            return last;
        }
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw DropwiseException.configuration("dropout: expected activations of type FLOAT or DOUBLE, found " + type
                    + "; set the network's data type to FLOAT");
        }
        int length = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        // A mask outlives the workspace of the layer that asks for it: backprop reads it, and the next step reuses it.
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            Store memory = store;
            if (memory == null
                    || memory.array().dataType() != type
                    || memory.array().length() < length) {
                memory = Store.of(type, length);
                store = memory;
            }
            INDArray shaped =
                    memory.array().get(NDArrayIndex.interval(0, length)).reshape('c', shape);
            mask = shaped;
            return shaped;
        }
    }

    private Store memory() {
        Store memory = store;
        if (memory == null) {
            throw new IllegalStateException("no mask has been drawn");
        }
        return memory;
    }
}
