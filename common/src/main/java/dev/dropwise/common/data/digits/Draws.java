package dev.dropwise.common.data.digits;

import dev.dropwise.common.random.StreamKey;

/**
 * Random numbers of one drawing: a keyed counter. Only exact arithmetic, so the same on every JVM (the JDK's own normal
 * deviates may go through logarithms).
 */
final class Draws {
    private static final double ULP = 0x1p-53;

    private final long key;
    private long counter;

    Draws(StreamKey key) {
        this.key = key.value();
    }

    /** Uniform in 0 until {@code bound}. */
    int below(int bound) {
        return (int) (unit() * bound);
    }

    /** Uniform in {@code low} to {@code high}. */
    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    /** Bell-shaped around 0: six uniforms, so never beyond 4.3 deviations (Irwin and Hall). */
    double bell(double deviation) {
        double sum = -3;
        for (int i = 0; i < 6; i++) {
            sum += unit();
        }
        // A sum of six uniforms has variance 1/2.
        return sum * 1.4142135623730951 * deviation;
    }

    private double unit() {
        return (StreamKey.absorb(key, counter++) >>> 11) * ULP;
    }
}
