package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.List;

/**
 * How standout turns a pre-activation z into the probability sigma(alpha z + beta) to keep a unit.
 *
 * @param alpha 1 unless given
 * @param beta logit(1 - p) unless given: then a unit with z = 0 is dropped with probability p
 * @param givenBeta whether it was given
 */
public record StandoutOptions(double alpha, double beta, boolean givenBeta) {
    private static final String ALPHA = "alpha";
    private static final String BETA = "beta";

    static StandoutOptions parse(double dropProbability, String text) {
        KeyValues values = new KeyValues("standout", text, List.of(ALPHA, BETA));
        if (dropProbability == 0 && !text.isEmpty()) {
            throw DropwiseException.configuration("dropout standout:0 drops nothing, found the options '" + text
                    + "' for it; give the probability to drop a unit whose pre-activation is 0, such as standout:0.5,"
                    + text);
        }
        double usualBeta = StrictMath.log((1 - dropProbability) / dropProbability);
        return new StandoutOptions(values.number(ALPHA, 1), values.number(BETA, usualBeta), values.has(BETA));
    }

    /** What {@link #parse} reads back; empty for the usual ones. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (alpha != 1) {
            parts.add(ALPHA + "=" + alpha);
        }
        if (givenBeta) {
            parts.add(BETA + "=" + beta);
        }
        return String.join(",", parts);
    }
}
