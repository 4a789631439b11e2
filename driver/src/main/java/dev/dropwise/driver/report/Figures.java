package dev.dropwise.driver.report;

import java.util.Locale;

/** Numbers as people read them, the same everywhere and in every locale. Numbers that are not finite are a dash. */
public final class Figures {
    private static final String NONE = "-";
    private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

    private Figures() {}

    /** A fraction as a percentage with two digits: {@code 97.86 %}. */
    public static String percent(double fraction) {
        return Double.isFinite(fraction) ? format("%.2f %%", 100 * fraction) : NONE;
    }

    /** A share as a whole percentage: {@code 7 %}. */
    public static String share(double fraction) {
        return Double.isFinite(fraction) ? format("%.0f %%", 100 * fraction) : NONE;
    }

    /** A loss with four digits after the point, fewer when it is large: {@code 0.0712}. */
    public static String loss(double loss) {
        if (!Double.isFinite(loss)) {
            return NONE;
        }
        return Math.abs(loss) < 1_000 ? format("%.4f", loss) : format("%.3e", loss);
    }

    /** A count: {@code 397,510}. */
    public static String count(long count) {
        return format("%,d", count);
    }

    /** A rate without decimals: {@code 41,235}. */
    public static String rate(double perSecond) {
        return Double.isFinite(perSecond) ? format("%,.0f", perSecond) : NONE;
    }

    /** Seconds of a part of an epoch: {@code 0.213 s}, {@code 12.3 s}. */
    public static String seconds(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NONE;
        }
        return seconds < 10 ? format("%.3f s", seconds) : format("%,.1f s", seconds);
    }

    /** Milliseconds, given in seconds: {@code 2.25 ms}. */
    public static String milliseconds(double seconds) {
        return Double.isFinite(seconds) ? format("%.2f ms", 1e3 * seconds) : NONE;
    }

    /** A whole duration: {@code 12.3 s}, {@code 1 min 12 s}, {@code 3 h 05 min}. */
    public static String duration(double seconds) {
        if (!Double.isFinite(seconds)) {
            return NONE;
        }
        if (seconds < 59.95) {
            return format("%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3_600
                ? format("%d min %02d s", whole / 60, whole % 60)
                : format("%,d h %02d min", whole / 3_600, whole % 3_600 / 60);
    }

    /** Bytes in decimal units: {@code 135 MB}. */
    public static String bytes(long bytes) {
        double scaled = bytes;
        int unit = 0;
        while (scaled >= 999.5 && unit < BYTE_UNITS.length - 1) {
            scaled /= 1_000;
            unit++;
        }
        return format(scaled < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", scaled, BYTE_UNITS[unit]);
    }

    /** The count with its noun: {@code 1 worker}, {@code 2 workers}. */
    public static String counted(long count, String noun) {
        return format("%,d %s%s", count, noun, count == 1 ? "" : "s");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
