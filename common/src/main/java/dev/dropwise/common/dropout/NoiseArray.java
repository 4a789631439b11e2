package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One row-major off-heap array, outside of all workspaces, kept and reused: only an array that is larger than all before, or
 * of another data type, allocates. Owned by one dropout; not thread-safe.
 */
final class NoiseArray {
    private @Nullable Store store;
    private @Nullable INDArray array;
    private double[] wide = new double[0];

    /** Off-heap memory of one data type, and views of it as numbers and as the words that make them up. */
    private record Store(INDArray array, IntBuffer ints, LongBuffer longs, FloatBuffer floats, DoubleBuffer doubles) {
        static Store of(DataType type, int length) {
            INDArray array = Nd4j.createUninitialized(type, new long[] {length}, 'c');
            ByteBuffer bytes = array.data().asNio().order(ByteOrder.nativeOrder());
            return new Store(
                    array, bytes.asIntBuffer(), bytes.asLongBuffer(), bytes.asFloatBuffer(), bytes.asDoubleBuffer());
        }
    }

    /**
     * An array with undefined contents.
     *
     * @return of {@code shape}, row-major; valid until the next call with another shape or type
     * @throws DropwiseException (configuration) when {@code type} is neither FLOAT nor DOUBLE
     */
    @SuppressWarnings("try") // The scope acts by being open.
    INDArray of(DataType type, long... shape) {
        INDArray last = array;
        if (last != null && last.dataType() == type && Arrays.equals(last.shape(), shape)) {
            return last;
        }
        if (type != DataType.FLOAT && type != DataType.DOUBLE) {
            throw DropwiseException.configuration("dropout: expected activations of type FLOAT or DOUBLE, found " + type
                    + "; set the network's data type to FLOAT");
        }
        int length = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        // Noise outlives the workspace of the layer that asks for it: backprop reads it, and the next step reuses it.
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
            array = shaped;
            return shaped;
        }
    }

    /** Elements of the array of the last {@link #of}. */
    int length() {
        return array == null ? 0 : (int) array.length();
    }

    /** True when elements have 32 bits. */
    boolean isSingle() {
        return memory().array().dataType() == DataType.FLOAT;
    }

    /** The elements as 32-bit words; for FLOAT only. */
    IntBuffer ints() {
        return memory().ints();
    }

    /** The elements as 64-bit words; for DOUBLE only. */
    LongBuffer longs() {
        return memory().longs();
    }

    /** The elements; for DOUBLE only. */
    DoubleBuffer doubles() {
        return memory().doubles();
    }

    /** The element at row-major position {@code i}. */
    double value(int i) {
        return isSingle() ? memory().floats().get(i) : memory().doubles().get(i);
    }

    /** Sets elements {@code at} until {@code at + count} to the first of {@code values}, widened if need be. */
    void put(int at, float[] values, int count) {
        if (isSingle()) {
            memory().floats().put(at, values, 0, count);
            return;
        }
        if (wide.length < count) {
            wide = new double[count];
        }
        for (int i = 0; i < count; i++) {
            wide[i] = values[i];
        }
        memory().doubles().put(at, wide, 0, count);
    }

    /** Copies elements {@code at} until {@code at + count} to {@code values}, in single precision. */
    void get(int at, float[] values, int count) {
        if (isSingle()) {
            memory().floats().get(at, values, 0, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            values[i] = (float) memory().doubles().get(at + i);
        }
    }

    private Store memory() {
        Store memory = store;
        if (memory == null) {
            throw new IllegalStateException("no noise has been drawn");
        }
        return memory;
    }
}
