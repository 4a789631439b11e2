package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The mean of an activation function over samples of normally distributed pre-activations, with the same samples of the
 * standard normal distribution for every example. Holds scratch memory: one thread at a time.
 */
final class SampledMean {
    private final float[] normals;
    private final int samples;
    private final IActivation function;
    private float[] means = new float[0];
    private float[] deviations = new float[0];
    private float[] values = new float[0];
    private float[] sums = new float[0];

    /** Averages {@code function} over {@code normals}, one for each unit, sample by sample. */
    SampledMean(float[] normals, int samples, IActivation function) {
        this.normals = normals;
        this.samples = samples;
        this.function = function;
    }

    /**
     * The mean over all samples n of f(mean + deviation n).
     *
     * @param mean row-major {@code [examples, units]}; overwritten by the result
     * @param deviation likewise; undefined afterwards
     */
    INDArray of(INDArray mean, INDArray deviation, LayerWorkspaceMgr workspaces) {
        if (mean.dataType() == DataType.FLOAT && Nonlinearity.covers(function)) {
            rectified(ArrayMemory.buffer(mean), ArrayMemory.buffer(deviation), (int) mean.size(0));
            return mean;
        }
        INDArray sum = Nd4j.zerosLike(mean);
        INDArray draws =
                Nd4j.createFromArray(normals).castTo(mean.dataType()).reshape('c', samples, normals.length / samples);
        for (int sample = 0; sample < samples; sample++) {
            INDArray u = deviation.mulRowVector(draws.getRow(sample)).addi(mean);
            sum.addi(function.getActivation(u, false));
        }
        return sum.divi(samples, mean);
    }

    private void rectified(FloatBuffer mean, FloatBuffer deviation, int rows) {
        Nonlinearity nonlinearity = Nonlinearity.of(function);
        int units = normals.length / samples;
        if (sums.length != units) {
            means = new float[units];
            deviations = new float[units];
            values = new float[units];
            sums = new float[units];
        }
        for (int row = 0; row < rows; row++) {
            mean.get(row * units, means);
            deviation.get(row * units, deviations);
            java.util.Arrays.fill(sums, 0);
            for (int sample = 0; sample < samples; sample++) {
                System.arraycopy(normals, sample * units, values, 0, units);
                place(values, means, deviations);
                nonlinearity.apply(values, units);
                add(sums, values);
            }
            divide(sums, samples);
            mean.put(row * units, sums);
        }
    }

    private static void place(float[] normals, float[] means, float[] deviations) {
        for (int i = 0; i < normals.length; i++) {
            normals[i] = means[i] + deviations[i] * normals[i];
        }
    }

    private static void add(float[] sums, float[] values) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += values[i];
        }
    }

    private static void divide(float[] sums, float by) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= by;
        }
    }
}
