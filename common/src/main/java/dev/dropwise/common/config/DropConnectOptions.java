package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.List;

/**
 * How DropConnect draws masks, and what it evaluates.
 *
 * @param maskOfExample true for a mask for each example ({@code mask=example}, the paper's way), false for one for each
 *     mini-batch of a shard ({@code mask=batch})
 * @param samples that evaluation draws, 100 unless given; 0 for the mean pre-activation ({@code eval=mean})
 */
public record DropConnectOptions(boolean maskOfExample, int samples) {
    private static final String MASK = "mask";
    private static final String EVALUATION = "eval";
    private static final String SAMPLES = "samples";
    private static final String EXAMPLE = "example";
    private static final String BATCH = "batch";
    private static final String MEAN = "mean";
    private static final String SAMPLED = "samples";
    private static final int USUAL_SAMPLES = 100;
    private static final int MOST_SAMPLES = 1 << 16;

    static DropConnectOptions parse(String text) {
        KeyValues values = new KeyValues("dropconnect", text, List.of(MASK, EVALUATION, SAMPLES));
        boolean example = values.text(MASK, EXAMPLE, List.of(EXAMPLE, BATCH)).equals(EXAMPLE);
        boolean mean = values.text(EVALUATION, SAMPLED, List.of(SAMPLED, MEAN)).equals(MEAN);
        if (mean && values.has(SAMPLES)) {
            throw DropwiseException.configuration("dropout dropconnect: " + EVALUATION + "=" + MEAN
                    + " draws no samples, found both in '" + text + "'; leave one out");
        }
        return new DropConnectOptions(example, mean ? 0 : values.count(SAMPLES, USUAL_SAMPLES, MOST_SAMPLES));
    }

    /** What {@link #parse} reads back; empty for the usual ones. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (!maskOfExample) {
            parts.add(MASK + "=" + BATCH);
        }
        if (samples == 0) {
            parts.add(EVALUATION + "=" + MEAN);
        } else if (samples != USUAL_SAMPLES) {
            parts.add(SAMPLES + "=" + samples);
        }
        return String.join(",", parts);
    }
}
