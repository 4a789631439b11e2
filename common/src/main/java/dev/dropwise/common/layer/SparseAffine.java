package dev.dropwise.common.layer;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The three products of a dense layer for operands that are mostly zero. A hidden layer behind a rectifier and dropout of one half gets a
 * quarter of its inputs when training begins and sends back a quarter of its gradients; after some epochs on MNIST 3 to 13 percent.
 *
 * <p>Each method looks at its operands and either writes the product or leaves the target alone and returns false: where precision or layout
 * are others, where the layer is small, or where too little is zero for this to be faster. Holds scratch memory; one thread at a time.
 */
final class SparseAffine {
    // Where both are equally fast depends on the CPU, and these limits must not, since rounding does. At 128x1024x1024
    // OpenBLAS takes 3.2 ms on AMD's Zen 4 and 1.4 to 1.7 ms on Zen 5; this takes 6 to 8 ms times the density on both,
    // 0.2 ms to copy the million weights, and 0.4 to 0.8 ms to transpose them. Equal are weights' gradient, inputs'
    // gradient and forward product at 47, 44 and 34 % on the one and at 20, 17 and 14 % on the other. A quarter, as
    // before anything is learned, is left to OpenBLAS; MNIST's 15 % behind dropout of the input is not.
    private static final double MOST = 0.22;
    private static final double MOST_LESS_PER_FETCH = 4;
    private static final double MOST_LESS_PER_TRANSPOSITION = 6;
    // Below, a product takes microseconds either way, and columns are too few for vectors.
    private static final long LEAST_MULTIPLICATIONS = 1 << 20;
    private static final long LEAST_WIDTH = 64;
    // 2 MB.
    private static final long MOST_FACTORED = 1 << 19;

    private final SparseRows inputRows = new SparseRows();
    private final SparseRows deltaRows = new SparseRows();
    private final SparseRows deltaColumns = new SparseRows();
    private final SufficientFactors factors = new SufficientFactors(inputRows);
    private SparseProduct product = new SparseProduct();
    private boolean holdsInput;

    /** Uses the scratch memory of {@code shared} from now on. */
    void multiplyBy(SparseProduct shared) {
        product = shared;
    }

    /** z = input weights. */
    boolean product(INDArray input, INDArray weights, INDArray z) {
        long rows = input.size(0);
        holdsInput = false;
        if (!isWorthLooking(input, weights, weights.size(1))
                || !take(inputRows, input, MOST - MOST_LESS_PER_TRANSPOSITION / rows)) {
            return false;
        }
        product.multiplyColumnMajor(
                inputRows, ArrayMemory.buffer(weights), (int) weights.size(1), ArrayMemory.buffer(z));
        holdsInput = true;
        return true;
    }

    /** weightGradient = input^T delta, computed as its transpose delta^T input. */
    boolean weightGradient(INDArray input, INDArray delta, INDArray weightGradient) {
        if (!isWorthLooking(delta, weightGradient, input.size(1))
                || !isRowMajor(input)
                || !take(deltaRows, delta, MOST)) {
            return false;
        }
        deltaColumns.takeTransposed(deltaRows);
        product.multiply(
                deltaColumns, ArrayMemory.buffer(input), (int) input.size(1), ArrayMemory.buffer(weightGradient));
        return true;
    }

    /**
     * input^T delta as its factors, where {@link #weightGradient} would take it, and {@link #product}, the last time, took this input; null
     * where not, and for inputs so many that a product in one go would not stay in the cache.
     *
     * @param firstWeight index of the weights' gradient in the flat vectors
     */
    @Nullable
    SufficientFactors factors(INDArray delta, INDArray weightGradient, int firstWeight) {
        if (!holdsInput
                || (long) inputRows.rows() * inputRows.columns() > MOST_FACTORED
                || !isWorthLooking(delta, weightGradient, inputRows.columns())
                || !take(deltaRows, delta, MOST)) {
            return null;
        }
        factors.take(firstWeight, deltaRows);
        return factors;
    }

    /** inputGradient = delta weights^T. */
    boolean inputGradient(INDArray delta, INDArray weights, INDArray inputGradient) {
        long rows = delta.size(0);
        if (!isWorthLooking(delta, weights, weights.size(0))
                || !take(deltaRows, delta, MOST - MOST_LESS_PER_FETCH / rows)) {
            return false;
        }
        product.multiply(
                deltaRows, ArrayMemory.buffer(weights), (int) weights.size(0), ArrayMemory.buffer(inputGradient));
        return true;
    }

    private static boolean take(SparseRows rows, INDArray matrix, double density) {
        return density > 0
                && rows.take(ArrayMemory.buffer(matrix), (int) matrix.size(0), (int) matrix.size(1), density);
    }

    private static boolean isWorthLooking(INDArray sparse, INDArray weights, long width) {
        return sparse.dataType() == DataType.FLOAT
                && width >= LEAST_WIDTH
                && sparse.size(0) * weights.size(0) * weights.size(1) >= LEAST_MULTIPLICATIONS
                && isRowMajor(sparse)
                && isColumnMajor(weights);
    }

    private static boolean isRowMajor(INDArray matrix) {
        return matrix.stride(1) == 1 && matrix.stride(0) == matrix.size(1);
    }

    private static boolean isColumnMajor(INDArray matrix) {
        return matrix.stride(0) == 1 && matrix.stride(1) == matrix.size(0);
    }
}
