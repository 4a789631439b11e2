package dev.dropwise.common.batch;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A contiguous float array of ND4J seen through a {@link FloatBuffer}: the same memory, no copy. */
public final class NativeFloats {
    private NativeFloats() {}

    /**
     * A view of {@code array}, valid as long as the array is reachable.
     *
     * @throws IllegalArgumentException when the array is no dense FLOAT array
     */
    public static FloatBuffer of(INDArray array) {
        if (array.dataType() != DataType.FLOAT || array.elementWiseStride() != 1) {
            throw new IllegalArgumentException("expected a dense FLOAT array, found " + array.shapeInfoToString());
        }
        // The address pointer, other than the pointer, starts at the array's own first element.
        FloatPointer first = new FloatPointer(array.data().addressPointer());
        return first.capacity(array.length()).asBuffer();
    }

    /** A copy on the heap. */
    public static float[] copyOf(INDArray array) {
        float[] copy = new float[Math.toIntExact(array.length())];
        of(array).get(copy);
        return copy;
    }

    /** Overwrites all of {@code array}. */
    public static void set(INDArray array, float[] values) {
        if (values.length != array.length()) {
            throw new IllegalArgumentException("expected " + array.length() + " floats, found " + values.length);
        }
        of(array).put(values);
    }
}
