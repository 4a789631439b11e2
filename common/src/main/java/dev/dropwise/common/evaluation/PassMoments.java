package dev.dropwise.common.evaluation;

/**
 * Moments of class probabilities over passes, in Welford's way (Technometrics 1962): passes that agree to the last bit have a variance
 * and mutual information of exactly zero. For one thread.
 */
final class PassMoments {
    private final int examples;
    private final int classes;
    private final double[] means;
    private final double[] squares;
    private final double[] meanEntropies;
    private final double[] pass;
    private int passes;

    PassMoments(int examples, int classes) {
        this.examples = examples;
        this.classes = classes;
        this.means = new double[examples * classes];
        this.squares = new double[examples * classes];
        this.meanEntropies = new double[examples];
        this.pass = new double[examples * classes];
    }

    /** Adds the probabilities of one pass, example after example. */
    void add(float[] probabilities) {
        if (probabilities.length != means.length) {
            throw new IllegalArgumentException("a pass over " + examples + " examples gives " + means.length
                    + " probabilities, found " + probabilities.length);
        }
        passes++;
        for (int i = 0; i < means.length; i++) {
            pass[i] = probabilities[i];
            double off = pass[i] - means[i];
            means[i] += off / passes;
            squares[i] += off * (pass[i] - means[i]);
        }
        for (int example = 0; example < examples; example++) {
            double entropy = Uncertainty.entropy(pass, example * classes, classes);
            meanEntropies[example] += (entropy - meanEntropies[example]) / passes;
        }
    }

    /** What the passes so far, at least one, say. */
    Uncertainty uncertainty() {
        float[] mean = new float[means.length];
        float[] variance = new float[means.length];
        for (int i = 0; i < means.length; i++) {
            mean[i] = (float) means[i];
            variance[i] = (float) (squares[i] / passes);
        }
        double[] entropies = new double[examples];
        double[] information = new double[examples];
        for (int example = 0; example < examples; example++) {
            entropies[example] = Uncertainty.entropy(means, example * classes, classes);
            // Entropy is concave; less than zero is rounding.
            information[example] = Math.max(0, entropies[example] - meanEntropies[example]);
        }
        return new Uncertainty(mean, variance, entropies, information);
    }
}
