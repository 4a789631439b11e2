package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The matrix part of dense and output layers. Holds scratch memory: one instance per layer, one thread at a time.
 *
 * <p>Where inputs or gradients are mostly zero, products leave zeros out ({@link SparseAffine}). That depends on the operands alone, so
 * the same operands give the same bits.
 */
final class AffineMap {
    private final DataType dataType;
    private final SparseAffine sparse = new SparseAffine();
    private INDArray ones;
    private float[] row = new float[0];
    private float[] biasValues = new float[0];

    AffineMap(DataType dataType) {
        this.dataType = dataType;
        this.ones = ArrayMemory.detached(dataType, 1);
        ones.assign(1);
    }

    /** Uses the scratch memory of {@code shared} from now on. */
    void multiplyBy(SparseProduct shared) {
        sparse.multiplyBy(shared);
    }

    /** True when the product of {@code input} and {@code weights} can be taken without conversion or copy. */
    boolean accepts(INDArray input, INDArray weights) {
        return (dataType == DataType.FLOAT || dataType == DataType.DOUBLE)
                && input.dataType() == dataType
                && weights.dataType() == dataType
                && input.rank() == 2
                && input.size(1) == weights.size(0)
                && (input.stride(0) == 1 || input.stride(1) == 1)
                && (weights.stride(0) == 1 || weights.stride(1) == 1);
    }

    /** A new activation array {@code input weights}, row-major. */
    INDArray product(INDArray input, INDArray weights, LayerWorkspaceMgr workspaces) {
        INDArray z = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS, dataType, new long[] {input.size(0), weights.size(1)}, 'c');
        if (!sparse.product(input, weights, z)) {
            Gemm.multiply(Gemm.Operand.plain(input), Gemm.Operand.plain(weights), z);
        }
        return z;
    }

    /** Adds {@code bias}, if there is one, to every row of {@code z}, which is row-major. */
    void addBias(INDArray z, @Nullable INDArray bias) {
        if (bias == null) {
            return;
        }
        if (dataType != DataType.FLOAT) {
            z.addiRowVector(bias);
            return;
        }
        // A loop over rows on the heap, which the compiler turns into vector instructions.
        int columns = (int) bias.length();
        if (row.length != columns) {
            row = new float[columns];
            biasValues = new float[columns];
        }
        ArrayMemory.buffer(bias).get(biasValues);
        FloatBuffer values = ArrayMemory.buffer(z);
        for (int at = 0; at < z.length(); at += columns) {
            values.get(at, row);
            add(row, biasValues);
            values.put(at, row);
        }
    }

    private static void add(float[] sum, float[] other) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other[i];
        }
    }

    /** Writes {@code input^T delta} into {@code weightGradient}. */
    void weightGradient(INDArray input, INDArray delta, INDArray weightGradient) {
        if (!sparse.weightGradient(input, delta, weightGradient)) {
            Gemm.multiply(Gemm.Operand.transposed(input), Gemm.Operand.plain(delta), weightGradient);
        }
    }

    /** What {@link #weightGradient} would write, as {@link SparseAffine#factors} says. */
    @Nullable
    SufficientFactors factors(INDArray delta, INDArray weightGradient, int firstWeight) {
        return sparse.factors(delta, weightGradient, firstWeight);
    }

    /** Writes the sum of the rows of {@code delta} into {@code biasGradient}. */
    void biasGradient(INDArray delta, INDArray biasGradient) {
        if (ones.length() < delta.size(0)) {
            ones = ArrayMemory.detached(dataType, delta.size(0));
            ones.assign(1);
        }
        Gemm.columnSums(delta, ones, biasGradient);
    }

    /** A new array of activation gradients {@code delta weights^T}, row-major. */
    INDArray inputGradient(INDArray delta, INDArray weights, LayerWorkspaceMgr workspaces) {
        INDArray epsilon = workspaces.createUninitialized(
                ArrayType.ACTIVATION_GRAD, dataType, new long[] {delta.size(0), weights.size(0)}, 'c');
        if (!sparse.inputGradient(delta, weights, epsilon)) {
            Gemm.multiply(Gemm.Operand.plain(delta), Gemm.Operand.transposed(weights), epsilon);
        }
        return epsilon;
    }
}
