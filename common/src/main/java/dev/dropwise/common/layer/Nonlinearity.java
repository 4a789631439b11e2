package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/**
 * Activation functions that are cheap enough to be applied while a layer's output is still in the cache, and whose
 * derivative can be read off their output, so that nothing else need be kept for the way back. In single precision only.
 *
 * <p>Loops run over blocks copied to the Java heap, because the JIT compiles those to vector instructions and leaves
 * loops over direct buffers scalar. Holds scratch memory: one instance per layer, one thread at a time.
 */
final class Nonlinearity {
    private static final int BLOCK = 1024;
    /** Twice this carries the smallest positive float above 1, and no smaller number is positive. */
    private static final float HUGE = 1e30f;

    private final float slope;
    private final float[] values = new float[BLOCK];
    private final float[] epsilons = new float[BLOCK];

    private Nonlinearity(float slope) {
        this.slope = slope;
    }

    /** True for identity, rectifier and leaky rectifier with a slope in [0, 1]. */
    static boolean covers(IActivation activation) {
        float slope = slopeOf(activation);
        return slope >= 0 && slope <= 1;
    }

    static Nonlinearity of(IActivation activation) {
        if (!covers(activation)) {
            throw new IllegalArgumentException("activation: expected a rectifier or identity, found " + activation);
        }
        return new Nonlinearity(slopeOf(activation));
    }

    /** Slope left of zero: 1 for the identity, NaN for what is not piecewise linear. */
    private static float slopeOf(IActivation activation) {
        if (activation instanceof ActivationIdentity) {
            return 1;
        }
        if (activation instanceof ActivationLReLU leaky) {
            return (float) leaky.getAlpha();
        }
        boolean plain = activation instanceof ActivationReLU relu
                && relu.getMax() == null
                && relu.getThreshold() == null
                && relu.getNegativeSlope() == null;
        return plain ? 0 : Float.NaN;
    }

    /** True for the rectifier. */
    boolean isFlatBelowZero() {
        return slope == 0;
    }

    /** Replaces each row z of {@code rows} by f(z + bias). */
    void apply(FloatBuffer z, int rows, float[] bias) {
        int columns = bias.length;
        for (int row = 0; row < rows; row++) {
            for (int from = 0; from < columns; from += BLOCK) {
                int length = Math.min(BLOCK, columns - from);
                z.get(row * columns + from, values, 0, length);
                applyTo(bias, from, length);
                z.put(row * columns + from, values, 0, length);
            }
        }
    }

    /** Replaces each of the first {@code length} elements z by f(z). */
    void apply(FloatBuffer z, int length) {
        if (slope == 1) {
            return;
        }
        for (int from = 0; from < length; from += BLOCK) {
            int count = Math.min(BLOCK, length - from);
            z.get(from, values, 0, count);
            apply(values, count);
            z.put(from, values, 0, count);
        }
    }

    private void applyTo(float[] bias, int from, int length) {
        for (int i = 0; i < length; i++) {
            float z = values[i] + bias[from + i];
            values[i] = Math.max(z, slope * z);
        }
    }

    /**
     * Writes epsilon f'(z) into {@code delta}, given y = f(z), for the first {@code length} elements of each.
     */
    void backprop(FloatBuffer y, FloatBuffer epsilon, FloatBuffer delta, int length) {
        for (int done = 0; done < length; done += BLOCK) {
            int count = Math.min(BLOCK, length - done);
            y.get(done, values, 0, count);
            epsilon.get(done, epsilons, 0, count);
            differentiate(values, epsilons, count);
            delta.put(done, epsilons, 0, count);
        }
    }

    /** Replaces each of the first {@code count} elements z of {@code z} by f(z). */
    void apply(float[] z, int count) {
        if (slope != 1) {
            for (int i = 0; i < count; i++) {
                z[i] = Math.max(z[i], slope * z[i]);
            }
        }
    }

    /** Multiplies each of the first {@code count} epsilons by f'(z), given y, which is z or f(z). */
    void differentiate(float[] y, float[] epsilon, int count) {
        if (slope == 0) {
            for (int i = 0; i < count; i++) {
                // 1 where y > 0, otherwise 0: a comparison here would keep the loop scalar.
                epsilon[i] *= Math.min(1f, Math.max(0f, y[i] * HUGE * HUGE));
            }
        } else if (slope != 1) {
            for (int i = 0; i < count; i++) {
                epsilon[i] *= 1f - (1f - slope) * Math.min(1f, Math.max(0f, -y[i] * HUGE * HUGE));
            }
        }
    }
}
