package dev.dropwise.driver.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A vertical axis: its ends and its ticks, in the unit of the data.
 *
 * @param low the value at the bottom, also the lowest tick
 * @param high the value at the top, above {@code low}
 * @param ticks ascending
 * @param logarithmic whether equal distances are equal factors
 */
public record Axis(double low, double high, List<Double> ticks, boolean logarithmic) {
    private static final int INTERVALS = 5;
    /** Above this ratio of largest to smallest a linear axis shows nothing but the largest. */
    private static final double WIDE = 50;

    private static final int MOST_DECADES = 6;
    private static final double THOUSAND = 1_000;

    /** From zero to at least the largest value; values that are not finite do not count. */
    public static Axis fromZero(double... values) {
        return linear(0, finite(values).max().orElse(1));
    }

    /** For percentages: just around the values, within 0 and 100. */
    public static Axis ofPercentages(double... values) {
        double low = finite(values).min().orElse(0);
        double high = finite(values).max().orElse(100);
        double margin = Math.max(0.1 * (high - low), 0.1);
        return linear(Math.max(0, low - margin), Math.min(100, high + margin));
    }

    /** For losses: from zero, or logarithmic when the values differ by large factors. */
    static Axis ofLosses(double... values) {
        double least = finite(values).min().orElse(0);
        double most = finite(values).max().orElse(1);
        return least > 0 && most / least > WIDE ? decades(least, most) : fromZero(values);
    }

    /** Where the value lies: 0 at the bottom, 1 at the top. */
    public double position(double value) {
        return logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    }

    /** The tick as text with as many digits as tell it from its neighbours. */
    public String label(double tick) {
        if (logarithmic) {
            return tick < 1e-4 || tick > 1e5
                    ? String.format(Locale.ROOT, "%.0e", tick)
                    : new BigDecimal(tick, new MathContext(1)).toPlainString();
        }
        double step = ticks.get(1) - ticks.get(0);
        if (step >= THOUSAND) {
            return tick == 0 ? "0" : String.format(Locale.ROOT, "%,.0fk", tick / THOUSAND);
        }
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%,." + digits + "f", tick);
    }

    private static Axis linear(double low, double high) {
        double step = niceStep((high > low ? high - low : 1) / INTERVALS);
        long first = (long) Math.floor(low / step + 1e-9);
        long last = Math.max(first + 1, (long) Math.ceil(high / step - 1e-9));
        List<Double> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            ticks.add(i * step);
        }
        return new Axis(first * step, last * step, ticks, false);
    }

    private static Axis decades(double least, double most) {
        int first = (int) Math.floor(Math.log10(least));
        int last = (int) Math.ceil(Math.log10(most));
        int stride = (last - first + MOST_DECADES - 1) / MOST_DECADES;
        List<Double> ticks = new ArrayList<>();
        for (int decade = first; decade <= last; decade += stride) {
            ticks.add(Math.pow(10, decade));
        }
        return new Axis(Math.pow(10, first), Math.pow(10, last), ticks, true);
    }

    /** The smallest of 1, 2, 5 and 10 times a power of ten that is not below {@code least}. */
    static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least * (1 - 1e-9)) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static DoubleStream finite(double... values) {
        return Arrays.stream(values).filter(Double::isFinite);
    }
}
