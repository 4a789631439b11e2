package dev.dropwise.worker.diagnosis;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How fast a JVM multiplies matrices with the kernels that it has settled: what most of training's time goes into.
 *
 * @param gflops billions of floating-point operations a second, the median of several products
 * @param bestGflops the same of the fastest product: far above the median where other processes take the core
 */
public record ProductSpeed(double gflops, double bestGflops) {
    private static final int SIZE = 1024;
    private static final int WARM_UPS = 2;
    private static final int REPEATS = 9;
    private static final double OPERATIONS = 2.0 * SIZE * SIZE * SIZE;

    /** Of nine 1024 x 1024 x 1024 products in single precision on this thread. */
    static ProductSpeed measure() {
        try (INDArray left = matrix();
                INDArray right = matrix();
                INDArray product = Nd4j.createUninitialized(DataType.FLOAT, new long[] {SIZE, SIZE}, 'f')) {
            long[] tookNs = new long[REPEATS];
            for (int i = -WARM_UPS; i < REPEATS; i++) {
                long startNs = System.nanoTime();
                left.mmuli(right, product);
                if (i >= 0) {
                    tookNs[i] = System.nanoTime() - startNs;
                }
            }
            Arrays.sort(tookNs);
            return new ProductSpeed(OPERATIONS / tookNs[REPEATS / 2], OPERATIONS / tookNs[0]);
        }
    }

    /** Neither zeros, which are fast on some CPUs, nor tiny numbers, which are slow on all. */
    private static INDArray matrix() {
        return Nd4j.valueArrayOf(new long[] {SIZE, SIZE}, 0.5f, DataType.FLOAT);
    }
}
