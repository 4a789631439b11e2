package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Hidden-layer activations that a run can name. */
public enum Activation {
    RELU,
    LEAKYRELU,
    PRELU,
    ELU,
    SELU,
    SIGMOID,
    TANH;

    /** What a run has that says nothing else. */
    public static final Activation USUAL = RELU;

    /** Parses the lower-case name, with or without a hyphen ({@code leaky-relu}). */
    public static Activation parse(String text) {
        String wanted = text.replace("-", "").toUpperCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> DropwiseException.configuration("activation '" + text + "' is unknown; known: "
                        + Arrays.stream(values()).map(Activation::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
