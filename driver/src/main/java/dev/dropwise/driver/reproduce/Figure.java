package dev.dropwise.driver.reproduce;

import java.util.List;
import java.util.Locale;

/**
 * One line of the comparison.
 *
 * @param name what is measured
 * @param unit how it is written
 * @param expectation what was published, and what counts as the same
 * @param seeds one for each value of {@code ours}
 * @param ours what came out
 */
record Figure(String name, Unit unit, Expectation expectation, List<Long> seeds, Sample ours) {
    Figure {
        seeds = List.copyOf(seeds);
        if (seeds.size() != ours.values().size()) {
            throw new IllegalArgumentException(
                    name + ": seeds=" + seeds + " values=" + ours.values().size());
        }
    }

    /** How numbers are written. */
    enum Unit {
        NUMBER("%.4f"),
        PERCENT("%.1f"),
        FINE_PERCENT("%.2f"),
        SCIENTIFIC("%.1e");

        private final String format;

        Unit(String format) {
            this.format = format;
        }

        /** The number as text; {@code -} for one that is not known. */
        String text(double value) {
            return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "-";
        }
    }

    /** Whether ours is what was to be expected. */
    boolean agrees() {
        return expectation.holds(ours);
    }

    /** {@code agrees}, {@code misses}, or {@code -} where there is nothing to agree with. */
    String verdict() {
        if (expectation instanceof Expectation.Nothing) {
            return "-";
        }
        return agrees() ? "agrees" : "misses";
    }
}
