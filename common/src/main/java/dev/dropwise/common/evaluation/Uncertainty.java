package dev.dropwise.common.evaluation;

import java.util.Arrays;

/**
 * What the passes of {@link MonteCarlo} say about consecutive examples. Means and variances are of each class, example after example;
 * entropies of each example, in nats.
 *
 * @param means of the class probabilities over the passes: the prediction
 * @param variances of the class probabilities over the passes, divided by their number, as the paper does
 * @param entropies of {@code means}: all that is not known about the class
 * @param mutualInformation between class and masks, never negative: the entropy of the mean minus the mean of the entropies; the part of
 *     the entropy that comes from what the network does not know
 */
@SuppressWarnings("ArrayRecordComponent") // Written to a file or summed once, never compared.
public record Uncertainty(float[] means, float[] variances, double[] entropies, double[] mutualInformation) {
    /** How many examples there are. */
    public int count() {
        return entropies.length;
    }

    /** The same of these examples and then of {@code others}. */
    Uncertainty followedBy(Uncertainty others) {
        return new Uncertainty(
                joined(means, others.means),
                joined(variances, others.variances),
                joined(entropies, others.entropies),
                joined(mutualInformation, others.mutualInformation));
    }

    private static float[] joined(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static double[] joined(double[] a, double[] b) {
        double[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** Entropy in nats of {@code classes} probabilities from {@code from} on. */
    static double entropy(double[] probabilities, int from, int classes) {
        double sum = 0;
        for (int c = from; c < from + classes; c++) {
            double p = probabilities[c];
            // Strict, so that every JVM gives the same bits; p log p is 0 in the limit.
            sum -= p > 0 ? p * StrictMath.log(p) : 0;
        }
        return sum;
    }
}
