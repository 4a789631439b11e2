package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the learning rate is multiplied by in each epoch, written {@code KIND[:FACTOR][,OPTION=VALUE]...}: {@code constant},
 * {@code linear}, {@code cosine} or {@code step:0.1,every=30}, with {@code warmup=5} where the first epochs are to begin gently.
 *
 * <p>With {@code t} epochs done since warm-up ended, of {@code n} that follow it: linear is {@code 1 - t / n}; cosine is
 * {@code (1 + cos(pi t / n)) / 2} (Loshchilov and Hutter 2017, without restarts); step is {@code factor^floor(t / every)}, until that is
 * less than a millionth. The last epoch of the first two thus still learns a little, and epochs after it go on like it. The
 * {@code w} epochs of a warm-up have {@code 1 / (w + 1), ..., w / (w + 1)} (after Goyal et al. 2017, who raise the rate in every step).
 *
 * @param kind how it falls
 * @param factor of step, in (0, 1); 0 for the others
 * @param every epochs between two steps, at least 1; 0 for the others
 * @param epochs the length of linear and cosine, warm-up included; 0 for the others
 * @param warmup epochs in which it rises first, at least 0
 */
public record RateSchedule(Kind kind, double factor, int every, int epochs, int warmup) {
    /** The same rate throughout. */
    public static final RateSchedule CONSTANT = new RateSchedule(Kind.CONSTANT, 0, 0, 0, 0);

    private static final double SMALLEST = 1e-6;
    private static final int MOST_EPOCHS = 100_000;
    private static final String EVERY = "every";
    private static final String EPOCHS = "epochs";
    private static final String WARMUP = "warmup";
    private static final String FORM =
            "constant, linear, cosine or step:FACTOR,every=E, and ,warmup=E behind any of them";

    /** How the rate falls. */
    public enum Kind {
        CONSTANT,
        LINEAR,
        COSINE,
        STEP;

        private boolean ends() {
            return this == LINEAR || this == COSINE;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public RateSchedule {
        if (warmup < 0 || Math.max(warmup, Math.max(every, epochs)) > MOST_EPOCHS) {
            throw broken(
                    "warmup of at least 0 epochs, and at most " + MOST_EPOCHS + " of each",
                    "warmup=" + warmup + " every=" + every + " epochs=" + epochs);
        }
        if (kind == Kind.STEP ? !(factor > 0 && factor < 1) || every < 1 : factor != 0 || every != 0) {
            throw broken(
                    kind == Kind.STEP
                            ? "step:FACTOR with a factor in (0, 1) and every of at least 1 epoch, such as step:0.1,every=30"
                            : kind + " without a factor and without " + EVERY,
                    "factor " + factor + " and every=" + every);
        }
        if (kind == Kind.STEP && steps(factor) > MOST_EPOCHS) {
            throw broken("at most " + MOST_EPOCHS + " steps until the rate is a millionth", "factor " + factor);
        }
        if (kind.ends() ? epochs <= warmup : epochs != 0) {
            throw broken(
                    kind.ends()
                            ? kind + " over more epochs than its warm-up takes"
                            : kind + " without " + EPOCHS + ", since it has no end",
                    "epochs=" + epochs + " warmup=" + warmup);
        }
    }

    private static DropwiseException broken(String expected, String found) {
        return DropwiseException.configuration("learning-rate-schedule: expected " + expected + ", found " + found);
    }

    /**
     * Parses what {@link #toString} writes.
     *
     * @param epochs of the training, over which linear and cosine fall where the text names no other number
     */
    public static RateSchedule parse(String text, int epochs) {
        List<String> parts = List.of(text.split(",", -1));
        String head = parts.get(0);
        int colon = head.indexOf(':');
        Kind kind = kindOf(text, colon < 0 ? head : head.substring(0, colon));
        double factor = colon < 0 ? 0 : number(text, head.substring(colon + 1));
        int every = 0;
        int length = kind.ends() ? epochs : 0;
        int warmup = 0;
        for (String part : parts.subList(1, parts.size())) {
            int sign = part.indexOf('=');
            String name = sign < 0 ? part : part.substring(0, sign);
            String value = sign < 0 ? "" : part.substring(sign + 1);
            switch (name) {
                case EVERY -> every = whole(text, part, value);
                case EPOCHS -> length = whole(text, part, value);
                case WARMUP -> warmup = whole(text, part, value);
                default ->
                    throw unreadable(
                            text,
                            "'" + part + "'; did you mean '" + Nearest.of(name, List.of(EVERY, EPOCHS, WARMUP)) + "'?");
            }
        }
        if (warmup > 0 && warmup >= epochs) {
            throw broken(
                    "a warm-up of fewer epochs than are trained", "warmup=" + warmup + " of " + epochs + " epochs");
        }
        return new RateSchedule(kind, factor, every, length, warmup);
    }

    private static Kind kindOf(String text, String name) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known =
                            Arrays.stream(Kind.values()).map(Kind::toString).toList();
                    return unreadable(text, "'" + name + "'; did you mean '" + Nearest.of(name, known) + "'?");
                });
    }

    private static double number(String text, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw unreadable(text, "'" + value + "' for FACTOR");
        }
    }

    private static int whole(String text, String part, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw unreadable(text, "'" + part + "'; a number of epochs goes behind the sign of equality");
        }
    }

    private static DropwiseException unreadable(String text, String found) {
        return DropwiseException.configuration(
                "learning-rate-schedule '" + text + "': expected " + FORM + ", found " + found);
    }

    /** What the learning rate is multiplied by in {@code epoch}, counted from 0; positive, at most 1. */
    public double at(int epoch) {
        if (epoch < warmup) {
            return (epoch + 1.0) / (warmup + 1.0);
        }
        int done = epoch - warmup;
        return switch (kind) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - part(done);
            case COSINE -> (1 + Math.cos(Math.PI * part(done))) / 2;
            case STEP -> Math.max(SMALLEST, Math.pow(factor, Math.floorDiv(done, every)));
        };
    }

    private double part(int done) {
        int all = epochs - warmup;
        return (double) Math.min(done, all - 1) / all;
    }

    /** {@link #at} of every epoch in which it changes, by epoch, the first always among them; after the last it stays. */
    public SortedMap<Integer, Double> changes() {
        SortedMap<Integer, Double> found = new TreeMap<>();
        for (int epoch = 0; epoch <= Math.max(warmup, epochs - 1); epoch++) {
            found.put(epoch, at(epoch));
        }
        long epoch = warmup + (long) every;
        for (int step = 0; kind == Kind.STEP && step < steps(factor) && epoch < Integer.MAX_VALUE; step++) {
            if (at((int) epoch) < at((int) epoch - 1)) {
                found.put((int) epoch, at((int) epoch));
            }
            epoch += every;
        }
        return found;
    }

    /** How often a rate can be multiplied by {@code factor} until it is a millionth, or more. */
    private static double steps(double factor) {
        return Math.ceil(Math.log(SMALLEST) / Math.log(factor)) + 1;
    }

    /** True when the rate never changes. */
    public boolean isConstant() {
        return kind == Kind.CONSTANT && warmup == 0;
    }

    @Override
    public String toString() {
        return kind
                + (kind == Kind.STEP ? ":" + factor + "," + EVERY + "=" + every : "")
                + (kind.ends() ? "," + EPOCHS + "=" + epochs : "")
                + (warmup > 0 ? "," + WARMUP + "=" + warmup : "");
    }
}
