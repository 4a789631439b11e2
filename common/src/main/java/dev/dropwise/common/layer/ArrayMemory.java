package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of single-precision arrays, seen from Java without copying. Valid as long as the array's workspace is, and for an array in none as long as
 * somebody can reach the array: what is seen here does not keep it.
 */
final class ArrayMemory {
    private ArrayMemory() {}

    /** The elements of {@code array} from its own first one on. */
    static FloatPointer pointer(INDArray array) {
        return (FloatPointer) array.data().addressPointer();
    }

    /** The elements of {@code array}, which lies contiguously, in memory order; position 0 is its first element. */
    static FloatBuffer buffer(INDArray array) {
        return pointer(array).capacity(array.length()).asBuffer();
    }

    /** {@code array} itself when it lies contiguously in row-major order, otherwise a copy that does. */
    static INDArray rowMajor(INDArray array) {
        long expected = 1;
        for (int dimension = array.rank() - 1; dimension >= 0; dimension--) {
            if (array.size(dimension) != 1 && array.stride(dimension) != expected) {
                return array.dup('c');
            }
            expected *= array.size(dimension);
        }
        return array;
    }

    /** A zeroed array in no workspace, for what a layer keeps from step to step. */
    @SuppressWarnings("try") // the scope acts by being open
    static INDArray detached(DataType type, long... shape) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            return Nd4j.create(type, shape, 'c');
        }
    }
}
