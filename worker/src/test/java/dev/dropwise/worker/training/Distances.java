package dev.dropwise.worker.training;

/** How far two vectors are apart. */
final class Distances {
    private Distances() {}

    /** Euclidean norm of the difference, relative to that of {@code expected}. */
    static double relative(float[] found, float[] expected) {
        if (found.length != expected.length) {
            throw new AssertionError("expected " + expected.length + " numbers, found " + found.length);
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += ((double) found[i] - expected[i]) * ((double) found[i] - expected[i]);
            norm += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }
}
