package dev.dropwise.common.evaluation;

import dev.dropwise.common.failure.DropwiseException;

/**
 * How Monte Carlo dropout is done (Gal and Ghahramani, "Dropout as a Bayesian approximation", ICML 2016): so many forward passes with
 * dropout on, each with masks of its own.
 *
 * @param passes at least 1
 * @param seed of the masks
 */
public record MonteCarlo(int passes, long seed) {
    public MonteCarlo {
        if (passes < 1) {
            throw DropwiseException.configuration(
                    "monte-carlo needs at least 1 pass, found " + passes + "; 50 are usual: --monte-carlo 50");
        }
    }

    @Override
    public String toString() {
        return passes + (passes == 1 ? " pass" : " passes") + ", seed " + seed;
    }
}
