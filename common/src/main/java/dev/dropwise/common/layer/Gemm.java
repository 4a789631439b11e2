package dev.dropwise.common.layer;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasColMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import org.bytedeco.javacpp.DoublePointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Matrix products straight on OpenBLAS. ND4J's own products cost tens of microseconds more per call, for views of the
 * transposed operands and for an operation that is looked up by name, which is as long as a small layer computes.
 */
final class Gemm {
    private Gemm() {}

    /** An operand: a matrix of rank 2, float or double, whose rows or columns are contiguous; perhaps transposed. */
    record Operand(INDArray matrix, boolean transposed) {
        static Operand plain(INDArray matrix) {
            return new Operand(matrix, false);
        }

        static Operand transposed(INDArray matrix) {
            return new Operand(matrix, true);
        }

        long rows() {
            return matrix.size(transposed ? 1 : 0);
        }

        long columns() {
            return matrix.size(transposed ? 0 : 1);
        }

        /** True when elements of a row, as seen through the transposition, are neighbours in memory. */
        boolean rowMajor() {
            boolean stored = matrix.size(1) == 1 || matrix.stride(1) == 1;
            return stored != transposed;
        }

        int leadingDimension() {
            boolean storedRowMajor = rowMajor() != transposed;
            long stride = matrix.stride(storedRowMajor ? 0 : 1);
            return (int) Math.max(stride, matrix.size(storedRowMajor ? 1 : 0));
        }
    }

    /** Writes the product {@code a b} into {@code c}, all of one data type. */
    static void multiply(Operand a, Operand b, INDArray c) {
        Operand target = Operand.plain(c);
        if (a.columns() != b.rows() || a.rows() != c.size(0) || b.columns() != c.size(1)) {
            throw new IllegalArgumentException("matrix product: expected shapes that fit, found " + a.rows() + "x"
                    + a.columns() + " times " + b.rows() + "x" + b.columns() + " into " + c.size(0) + "x"
                    + c.size(1));
        }
        Order order = Order.of(a, b, target);
        if (c.dataType() == DataType.FLOAT) {
            singlePrecision(order, a, b, target);
        } else {
            doublePrecision(order, a, b, target);
        }
    }

    /** How CBLAS is told of the operands' storage. */
    private record Order(int order, int transA, int transB) {
        static Order of(Operand a, Operand b, Operand target) {
            boolean rowMajor = target.rowMajor();
            return new Order(
                    rowMajor ? CblasRowMajor : CblasColMajor,
                    a.rowMajor() == rowMajor ? CblasNoTrans : CblasTrans,
                    b.rowMajor() == rowMajor ? CblasNoTrans : CblasTrans);
        }
    }

    private static void singlePrecision(Order order, Operand a, Operand b, Operand c) {
        cblas_sgemm(
                order.order(),
                order.transA(),
                order.transB(),
                (int) a.rows(),
                (int) b.columns(),
                (int) a.columns(),
                1f,
                ArrayMemory.pointer(a.matrix()),
                a.leadingDimension(),
                ArrayMemory.pointer(b.matrix()),
                b.leadingDimension(),
                0f,
                ArrayMemory.pointer(c.matrix()),
                c.leadingDimension());
    }

    private static void doublePrecision(Order order, Operand a, Operand b, Operand c) {
        cblas_dgemm(
                order.order(),
                order.transA(),
                order.transB(),
                (int) a.rows(),
                (int) b.columns(),
                (int) a.columns(),
                1,
                doubles(a.matrix()),
                a.leadingDimension(),
                doubles(b.matrix()),
                b.leadingDimension(),
                0,
                doubles(c.matrix()),
                c.leadingDimension());
    }

    /** Writes the sums of {@code matrix}'s columns into {@code sums}; {@code ones} holds at least as many ones as rows. */
    static void columnSums(INDArray matrix, INDArray ones, INDArray sums) {
        Operand operand = Operand.plain(matrix);
        int order = operand.rowMajor() ? CblasRowMajor : CblasColMajor;
        int m = (int) matrix.size(0);
        int n = (int) matrix.size(1);
        if (matrix.dataType() == DataType.FLOAT) {
            cblas_sgemv(
                    order,
                    CblasTrans,
                    m,
                    n,
                    1f,
                    ArrayMemory.pointer(matrix),
                    operand.leadingDimension(),
                    ArrayMemory.pointer(ones),
                    1,
                    0f,
                    ArrayMemory.pointer(sums),
                    1);
        } else {
            cblas_dgemv(
                    order,
                    CblasTrans,
                    m,
                    n,
                    1,
                    doubles(matrix),
                    operand.leadingDimension(),
                    doubles(ones),
                    1,
                    0,
                    doubles(sums),
                    1);
        }
    }

    private static DoublePointer doubles(INDArray array) {
        return (DoublePointer) array.data().addressPointer();
    }
}
