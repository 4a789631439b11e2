package dev.dropwise.common.layer;

import java.nio.FloatBuffer;

/**
 * Softmax and cross-entropy over the rows of row-major matrices. Sums and exponentials are taken in double precision, so
 * that the result does not depend on vector width. Holds scratch memory: one thread at a time.
 */
final class SoftmaxCrossEntropy {
    private float[] row = new float[0];
    private float[] offsets = new float[0];
    private double[] exponentials = new double[0];

    /** Replaces each row of {@code z} by softmax(row + bias); an empty {@code bias} stands for zero. */
    void softmax(FloatBuffer z, FloatBuffer bias, int rows, int columns) {
        if (row.length != columns) {
            row = new float[columns];
            offsets = new float[columns];
            exponentials = new double[columns];
        }
        if (bias.remaining() > 0) {
            bias.get(0, offsets);
        }
        for (int at = 0; at < rows * columns; at += columns) {
            z.get(at, row);
            normalise();
            z.put(at, row);
        }
    }

    private void normalise() {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < row.length; i++) {
            row[i] += offsets[i];
            largest = Math.max(largest, row[i]);
        }
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            exponentials[i] = Math.exp(row[i] - largest);
            sum += exponentials[i];
        }
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) (exponentials[i] / sum);
        }
    }

    /**
     * Turns {@code probabilities} into the gradient p - y of the cross-entropy with regard to softmax's argument.
     *
     * @param clip least probability that enters the logarithm
     * @return the cross-entropy, summed over all elements
     */
    double subtractLabels(FloatBuffer probabilities, FloatBuffer labels, long length, double clip) {
        double loss = 0;
        for (int i = 0; i < length; i++) {
            float p = probabilities.get(i);
            float y = labels.get(i);
            if (y != 0) {
                loss -= y * Math.log(Math.min(Math.max(p, clip), 1 - clip));
            }
            probabilities.put(i, p - y);
        }
        return loss;
    }
}
