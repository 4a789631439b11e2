package dev.dropwise.common.layer;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of a row-major array, FLOAT or DOUBLE, as numbers on the heap. Valid as long as the array is. */
final class RowMajorRows {
    private final int length;
    private final @Nullable FloatBuffer single;
    private final @Nullable DoubleBuffer wide;
    private final float[] floats;
    private final double[] doubles;

    /** The rows of {@code array} along its first dimension. */
    RowMajorRows(INDArray array) {
        boolean isSingle = array.dataType() == DataType.FLOAT;
        this.length = (int) (array.length() / array.size(0));
        this.single = isSingle ? ArrayMemory.buffer(array) : null;
        this.wide = isSingle
                ? null
                : ((DoublePointer) array.data().addressPointer())
                        .capacity(array.length())
                        .asBuffer();
        this.floats = new float[isSingle ? length : 0];
        this.doubles = new double[length];
    }

    /** Row {@code index}; this object's own array, valid until the next call. */
    double[] read(int index) {
        if (single != null) {
            single.get(index * length, floats);
            for (int i = 0; i < length; i++) {
                doubles[i] = floats[i];
            }
        } else if (wide != null) {
            wide.get(index * length, doubles);
        }
        return doubles;
    }

    /** Replaces row {@code index} by the numbers, rounded if need be. */
    void write(int index, double[] numbers) {
        if (single != null) {
            for (int i = 0; i < length; i++) {
                floats[i] = (float) numbers[i];
            }
            single.put(index * length, floats);
        } else if (wide != null) {
            wide.put(index * length, numbers);
        }
    }
}
