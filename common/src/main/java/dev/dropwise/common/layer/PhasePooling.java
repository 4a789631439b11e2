package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Activation function and max-pooling over products that lie phase by phase, as {@link Patches} orders them. As the
 * function never decreases, the largest is taken first. Where several elements of a window are largest, the first gets
 * the gradient, as in the stock layers. Holds scratch memory: one thread at a time.
 */
final class PhasePooling {
    private static final int BLOCK = 512;
    private static final float HUGE = 1e30f;

    private final Nonlinearity nonlinearity;
    private final int window;
    private final float[][] phases;
    private final float[] largest = new float[BLOCK];
    private final float[] epsilon = new float[BLOCK];
    private final float[] free = new float[BLOCK];

    PhasePooling(Nonlinearity nonlinearity, int window) {
        this.nonlinearity = nonlinearity;
        this.window = window;
        this.phases = new float[window * window][BLOCK];
    }

    /** Height and width of the pooling window; 1 means no pooling. */
    int window() {
        return window;
    }

    /**
     * Pools one example.
     *
     * @param products per phase {@code length} elements, from index 0
     * @param outputs {@code length} elements, written from its position, which advances
     */
    void forward(FloatBuffer products, FloatBuffer outputs, int length) {
        for (int from = 0; from < length; from += BLOCK) {
            int count = Math.min(BLOCK, length - from);
            findLargest(products, from, length, count);
            nonlinearity.apply(largest, count);
            outputs.put(largest, 0, count);
        }
    }

    /**
     * The gradient of one example's products.
     *
     * @param epsilons {@code length} elements, read from its position, which advances
     * @param deltas per phase {@code length} elements, written from index 0
     */
    void backprop(FloatBuffer products, FloatBuffer epsilons, FloatBuffer deltas, int length) {
        for (int from = 0; from < length; from += BLOCK) {
            int count = Math.min(BLOCK, length - from);
            findLargest(products, from, length, count);
            epsilons.get(epsilon, 0, count);
            nonlinearity.differentiate(largest, epsilon, count);
            Arrays.fill(free, 1f);
            for (int phase = 0; phase < phases.length; phase++) {
                distribute(phases[phase], largest, free, epsilon, count);
                deltas.put(phase * length + from, phases[phase], 0, count);
            }
        }
    }

    private void findLargest(FloatBuffer products, int from, int length, int count) {
        for (int phase = 0; phase < phases.length; phase++) {
            products.get(phase * length + from, phases[phase], 0, count);
        }
        System.arraycopy(phases[0], 0, largest, 0, count);
        for (int phase = 1; phase < phases.length; phase++) {
            raise(largest, phases[phase], count);
        }
    }

    private static void raise(float[] largest, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            largest[i] = Math.max(largest[i], values[i]);
        }
    }

    /** Replaces values by the gradient where they are the largest and no earlier one was, and by zero elsewhere. */
    private static void distribute(float[] values, float[] largest, float[] free, float[] epsilon, int count) {
        for (int i = 0; i < count; i++) {
            // 1 or 0, by arithmetic: a comparison would keep the loop scalar.
            float first = free[i] * (1f - Math.min(1f, (largest[i] - values[i]) * HUGE * HUGE));
            free[i] -= first;
            values[i] = first * epsilon[i];
        }
    }
}
