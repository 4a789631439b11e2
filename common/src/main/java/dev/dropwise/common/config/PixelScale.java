package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How pixels 0..255 become what a network sees. */
public enum PixelScale {
    /** Grey pixels to 0..1, colours to mean 0 and deviation 1 per channel. */
    STANDARD,
    /** (x - mean) / 255 per channel. */
    CENTRED;

    /** Parses the lower-case name. */
    public static PixelScale parse(String text) {
        return Arrays.stream(values())
                .filter(each -> each.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> DropwiseException.configuration("normalise '" + text + "' is unknown; known: "
                        + Arrays.stream(values()).map(PixelScale::toString).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
