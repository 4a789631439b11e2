package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;

/**
 * How many training examples are held out for validation, written as a count ({@code 5000}) or a fraction ({@code 0.1}).
 *
 * @param count examples, or -1 when {@code fraction} counts
 * @param fraction of the pool of training and validation examples, in [0, 1)
 */
public record Holdout(int count, double fraction) {
    public Holdout {
        if (count < -1 || !(fraction >= 0 && fraction < 1)) {
            throw DropwiseException.configuration(
                    "validation must be a count of at least 0 or a fraction in [0, 1): count=" + count + " fraction="
                            + fraction);
        }
    }

    /** Parses {@code 5000} as a count and {@code 0.1} as a fraction. */
    public static Holdout parse(String text) {
        try {
            return text.contains(".")
                    ? new Holdout(-1, Double.parseDouble(text))
                    : new Holdout(Integer.parseInt(text), 0);
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration(
                    "validation '" + text + "': expected a count such as 5000 or a fraction such as 0.1");
        }
    }

    @Override
    public String toString() {
        return count >= 0 ? Integer.toString(count) : Double.toString(fraction);
    }
}
