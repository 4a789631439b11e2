package dev.dropwise.driver.reproduce;

/** What a figure is held to. */
sealed interface Expectation {
    /** Whether {@code ours} meets it. */
    boolean holds(Sample ours);

    /**
     * How far off the mean of {@code ours} is, in tolerances: 0 is the published figure, at most 1 in size holds; NaN where nothing was
     * published.
     */
    default double deviation(Sample ours) {
        return (ours.mean() - published()) / tolerance();
    }

    /** The published figure; NaN when there is none. */
    default double published() {
        return Double.NaN;
    }

    /** The distance from {@link #published} that is still allowed. */
    default double tolerance() {
        return Double.NaN;
    }

    /** How the tolerance is written before its number, such as {@code +-}. */
    String sign();

    /**
     * The mean lies within {@code tolerance} of the published figure.
     *
     * @param published figure
     * @param tolerance positive, in the same unit
     */
    record Within(double published, double tolerance) implements Expectation {
        public Within {
            requirePositive(tolerance);
        }

        @Override
        public boolean holds(Sample ours) {
            // Not the other way round: NaN must not hold.
            return Math.abs(deviation(ours)) <= 1;
        }

        @Override
        public String sign() {
            return "+-";
        }
    }

    /**
     * The mean exceeds the published figure by at most {@code tolerance}: an error that may be smaller.
     *
     * @param published figure
     * @param tolerance positive, in the same unit
     */
    record NotAbove(double published, double tolerance) implements Expectation {
        public NotAbove {
            requirePositive(tolerance);
        }

        @Override
        public boolean holds(Sample ours) {
            return deviation(ours) <= 1;
        }

        @Override
        public String sign() {
            return "+";
        }
    }

    /**
     * Nobody has published a figure, only a claim: the lower end of the 95 % interval lies above {@code bound}.
     *
     * @param bound in the figure's unit
     */
    record Above(double bound) implements Expectation {
        @Override
        public boolean holds(Sample ours) {
            return ours.low() > bound;
        }

        @Override
        public double tolerance() {
            return bound;
        }

        @Override
        public String sign() {
            return "above ";
        }
    }

    /** Nothing is known to compare with: reported only. */
    record Nothing() implements Expectation {
        @Override
        public boolean holds(Sample ours) {
            return true;
        }

        @Override
        public String sign() {
            return "";
        }
    }

    private static void requirePositive(double tolerance) {
        if (!(tolerance > 0)) {
            throw new IllegalArgumentException("a tolerance must be positive, found " + tolerance);
        }
    }
}
