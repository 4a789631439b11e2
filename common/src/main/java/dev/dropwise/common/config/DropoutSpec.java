package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which dropout a layer gets, written {@code KIND:P}.
 *
 * @param kind the method
 * @param dropProbability probability that a unit is dropped, in [0, 1); 0 for the kind that drops nothing
 */
public record DropoutSpec(Kind kind, double dropProbability) {
    /** No dropout at all. */
    public static final DropoutSpec NONE = new DropoutSpec(Kind.NONE, 0);

    /** The methods that a spec can name. */
    public enum Kind {
        /** Nothing is dropped. */
        NONE,
        /** y = m x / (1 - p) in training, identity in evaluation. */
        INVERTED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public DropoutSpec {
        if (!(dropProbability >= 0 && dropProbability < 1)) {
            throw DropwiseException.configuration(
                    "dropout " + kind.label() + ": the drop probability must lie in [0, 1): " + "found "
                            + dropProbability + "; 0.5 drops every second unit");
        }
        if (kind == Kind.NONE && dropProbability != 0) {
            throw DropwiseException.configuration("dropout none drops with probability 0, found " + dropProbability
                    + "; write none alone, or a kind such as inverted:" + dropProbability);
        }
    }

    /** Parses {@code inverted:0.5}, a bare {@code 0.5} (inverted) or {@code none}. */
    public static DropoutSpec parse(String text) {
        if (text.equalsIgnoreCase("none")) {
            return NONE;
        }
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "inverted" : text.substring(0, colon);
        String drop = text.substring(colon + 1);
        try {
            return new DropoutSpec(kindOf(kind), Double.parseDouble(drop));
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration(
                    "dropout '" + text + "': expected KIND:P such as inverted:0.5, found '" + drop + "' for P");
        }
    }

    private static Kind kindOf(String text) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.label().equals(text))
                .findFirst()
                .orElseThrow(() -> DropwiseException.configuration("dropout kind '" + text + "' is unknown; known: "
                        + Arrays.stream(Kind.values()).map(Kind::label).collect(Collectors.joining(", "))));
    }

    /** True when this spec drops nothing. */
    public boolean isNone() {
        return kind == Kind.NONE || dropProbability == 0;
    }

    @Override
    public String toString() {
        return kind == Kind.NONE ? "none" : kind.label() + ":" + dropProbability;
    }
}
