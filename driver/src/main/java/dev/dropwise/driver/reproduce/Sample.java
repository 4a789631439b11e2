package dev.dropwise.driver.reproduce;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A quantity measured once for every seed.
 *
 * @param values in the order of the seeds, at least one
 */
record Sample(List<Double> values) {
    private static final double UPPER_QUANTILE = 0.975;

    Sample {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a sample needs at least one value");
        }
    }

    double mean() {
        return values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
    }

    /**
     * Half the width of the 95 % confidence interval of the mean: Student's t with n - 1 degrees of freedom times s / sqrt(n), with s of
     * n - 1 too. NaN for a single value, which says nothing about the spread.
     */
    double halfWidth() {
        int n = values.size();
        if (n == 1) {
            return Double.NaN;
        }
        double mean = mean();
        double squares = values.stream()
                .mapToDouble(each -> (each - mean) * (each - mean))
                .sum();
        double t = new TDistribution(null, n - 1).inverseCumulativeProbability(UPPER_QUANTILE);
        return t * Math.sqrt(squares / (n - 1) / n);
    }

    /** The lower end of the 95 % interval; the value itself where there is only one. */
    double low() {
        return values.size() == 1 ? mean() : mean() - halfWidth();
    }

    /** The upper end of the 95 % interval; the value itself where there is only one. */
    double high() {
        return values.size() == 1 ? mean() : mean() + halfWidth();
    }
}
