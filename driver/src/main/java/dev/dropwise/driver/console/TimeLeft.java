package dev.dropwise.driver.console;

import java.util.Locale;

/** Estimates when a run ends from how far it came since this attempt began to step; positions are in epochs. */
final class TimeLeft {
    private final double epochs;
    private double anchor = Double.NaN;
    private long anchorNs;
    private boolean stepping;

    /**
     * @param epochs where the run ends, unless it stops early
     */
    TimeLeft(int epochs) {
        this.epochs = epochs;
    }

    /** An attempt has met at this position. */
    void restart(double position, long nowNs) {
        anchor = position;
        anchorNs = nowNs;
        stepping = false;
    }

    /** The run came this far within an epoch. */
    void reached(double position, long nowNs) {
        if (!stepping) {
            // What came before the first step, audit and compilation, comes once: it must not count for every epoch.
            restart(position, nowNs);
            stepping = true;
        }
    }

    /** As {@code 0:42} or {@code 1:02:03}; {@code -:--} while there is nothing to estimate from. */
    String text(double position, long nowNs) {
        double perEpochNs = (nowNs - anchorNs) / (position - anchor);
        if (!(position > anchor) || !Double.isFinite(perEpochNs)) {
            return "-:--";
        }
        long seconds = Math.round(Math.max(0, epochs - position) * perEpochNs / 1e9);
        return seconds < 3_600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    }
}
