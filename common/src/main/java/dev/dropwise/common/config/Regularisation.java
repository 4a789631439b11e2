package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Penalties and constraints on weights (never on biases).
 *
 * @param l1 coefficient of the sum of absolute weights, at least 0
 * @param l2 coefficient of half the sum of squared weights, at least 0
 * @param maxNorm largest Euclidean norm of a unit's incoming weights; 0 for no bound
 */
public record Regularisation(double l1, double l2, double maxNorm) {
    /** No penalty and no constraint. */
    public static final Regularisation NONE = new Regularisation(0, 0, 0);

    public Regularisation {
        // A sum is finite when all of its terms are, and these are not negative.
        if (!(l1 >= 0 && l2 >= 0 && maxNorm >= 0 && l1 + l2 + maxNorm < Double.POSITIVE_INFINITY)) {
            throw DropwiseException.configuration("l1, l2 and max-norm must be at least 0 and finite: l1=" + l1 + " l2="
                    + l2 + " max-norm=" + maxNorm);
        }
    }

    /** The options, with their values, that differ from {@link #NONE}. */
    List<String> unusual() {
        List<String> found = new ArrayList<>();
        if (l1 != NONE.l1) {
            found.add("--l1 " + l1);
        }
        if (l2 != NONE.l2) {
            found.add("--l2 " + l2);
        }
        if (maxNorm != NONE.maxNorm) {
            found.add("--max-norm " + maxNorm);
        }
        return found;
    }
}
