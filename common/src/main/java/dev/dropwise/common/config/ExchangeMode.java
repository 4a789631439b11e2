package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;

/**
 * What ranks exchange.
 *
 * @param localSteps 0: the gradient, every step ({@code gradients}); K at least 1: parameters and updater state after every K local
 *     steps ({@code parameters:K}, local SGD)
 */
public record ExchangeMode(int localSteps) {
    /** The sample-weighted mean gradient is all-reduced every step. */
    public static final ExchangeMode GRADIENTS = new ExchangeMode(0);

    private static final String PREFIX = "parameters:";

    public ExchangeMode {
        if (localSteps < 0) {
            throw DropwiseException.configuration("exchange parameters:K needs K of at least 1, found " + localSteps);
        }
    }

    /** Parses {@code gradients} or {@code parameters:K}. */
    public static ExchangeMode parse(String text) {
        if (text.equals("gradients")) {
            return GRADIENTS;
        }
        if (text.startsWith(PREFIX)) {
            try {
                int steps = Integer.parseInt(text.substring(PREFIX.length()));
                if (steps > 0) {
                    return new ExchangeMode(steps);
                }
            } catch (NumberFormatException e) {
                throw unknown(text);
            }
        }
        throw unknown(text);
    }

    private static DropwiseException unknown(String text) {
        return DropwiseException.configuration(
                "exchange '" + text + "' is unknown; expected gradients, or parameters:K with K of at least 1");
    }

    /** True for {@code gradients}. */
    public boolean isGradients() {
        return localSteps == 0;
    }

    @Override
    public String toString() {
        return isGradients() ? "gradients" : PREFIX + localSteps;
    }
}
