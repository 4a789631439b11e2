package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;

/**
 * How many training examples are held out for validation, written as a count ({@code 5000}) or a fraction ({@code 0.1}).
 *
 * @param count examples, or -1 when {@code fraction} counts
 * @param fraction of the pool of training and validation examples, in [0, 1); 0 when {@code count} counts
 */
public record Holdout(int count, double fraction) {
    public Holdout {
        boolean counted = count >= 0 && fraction == 0;
        boolean divided = count == -1 && fraction >= 0 && fraction < 1;
        if (!counted && !divided) {
            throw DropwiseException.configuration(
                    "validation must be a count of at least 0 or a fraction in [0, 1): count=" + count + " fraction="
                            + fraction);
        }
    }

    /** Parses {@code 5000} as a count and {@code 0.1} as a fraction. */
    public static Holdout parse(String text) {
        try {
            return text.contains(".") ? new Holdout(-1, Double.parseDouble(text)) : counted(text);
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration(
                    "validation '" + text + "': expected a count such as 5000 or a fraction such as 0.1");
        }
    }

    private static Holdout counted(String text) {
        int count = Integer.parseInt(text);
        if (count < 0) {
            // -1 would mean a fraction to the constructor.
            throw DropwiseException.configuration("validation must be a count of at least 0, found " + count);
        }
        return new Holdout(count, 0);
    }

    @Override
    public String toString() {
        return count >= 0 ? Integer.toString(count) : Double.toString(fraction);
    }
}
