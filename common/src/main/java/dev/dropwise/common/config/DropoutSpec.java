package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which dropout a layer gets, written {@code KIND:P[,option=value]}, or {@code cutout:SIDE}.
 *
 * @param kind the method
 * @param dropProbability probability that a unit (a map, a maximum: what the kind drops) is dropped, in [0, 1); 0 for the kinds
 *     that have none
 * @param side of the squares that {@code dropblock} and {@code cutout} drop, at least 1; 0 for all other kinds
 * @param options of {@code standout} and {@code dropconnect} as {@code option=value,...}, those that are not the usual ones;
 *     read by {@link #standout} and {@link #dropConnect}
 */
public record DropoutSpec(Kind kind, double dropProbability, int side, String options) {
    /** No dropout at all. */
    public static final DropoutSpec NONE = new DropoutSpec(Kind.NONE, 0);

    private static final String BLOCK = "block";
    private static final int USUAL_BLOCK = 7;
    private static final int LARGEST_SIDE = 1 << 16;

    /** The methods that a spec can name. */
    public enum Kind {
        /** Nothing is dropped. */
        NONE,
        /** y = m x in training, y = (1 - p) x in evaluation. */
        STANDARD,
        /** y = m x / (1 - p) in training, identity in evaluation. */
        INVERTED,
        /** y = x N(1, p / (1 - p)) in training, identity in evaluation. */
        GAUSSIAN,
        /** As inverted, for whole feature maps. */
        SPATIAL,
        /** Keeps mean and variance of SELU activations. */
        ALPHA,
        /** Squares of feature maps. */
        DROPBLOCK,
        /** The maximum of each feature map. */
        MAXDROP,
        /** One square of each input image. */
        CUTOUT,
        /** Units of dense layers, with probabilities that the layers' own weights give. */
        STANDOUT,
        /** Weights of dense layers. */
        DROPCONNECT,
        /** Units before max-pooling. */
        POOLING;

        /** The word for it in a spec. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** True when it drops parts of feature maps, which only convolutions have for an input. */
        public boolean needsMaps() {
            return this == SPATIAL || this == DROPBLOCK || this == MAXDROP;
        }

        /** True when it works inside of layers, on whose input no dropout can do the same. */
        public boolean isLayer() {
            return this == STANDOUT || this == DROPCONNECT || this == POOLING;
        }

        private boolean hasSide() {
            return this == DROPBLOCK || this == CUTOUT;
        }
    }

    public DropoutSpec {
        if (!(dropProbability >= 0 && dropProbability < 1)) {
            throw DropwiseException.configuration("dropout " + kind.label()
                    + ": the drop probability must lie in [0, 1): found " + dropProbability
                    + "; 0.5 drops every second unit");
        }
        if (kind == Kind.NONE && dropProbability != 0) {
            throw DropwiseException.configuration("dropout none drops with probability 0, found " + dropProbability
                    + "; write none alone, or a kind such as inverted:" + dropProbability);
        }
        if (kind.hasSide() ? side < 1 || side > LARGEST_SIDE : side != 0) {
            throw DropwiseException.configuration("dropout " + kind.label() + ": expected "
                    + (kind.hasSide() ? "squares of 1 to " + LARGEST_SIDE + " pixels" : "no squares")
                    + ", found a side of "
                    + side);
        }
        options = switch (kind) {
            case STANDOUT -> StandoutOptions.parse(dropProbability, options).toString();
            case DROPCONNECT -> DropConnectOptions.parse(options).toString();
            default -> requireEmpty(kind, options);
        };
    }

    private static String requireEmpty(Kind kind, String options) {
        if (!options.isEmpty()) {
            throw DropwiseException.configuration("dropout " + kind.label() + ": this kind has no options, found '"
                    + options + "'; those that have are dropblock (" + BLOCK
                    + "), standout (alpha, beta) and dropconnect"
                    + " (mask, eval, samples)");
        }
        return options;
    }

    /** A kind without other options than the side of squares. */
    public DropoutSpec(Kind kind, double dropProbability, int side) {
        this(kind, dropProbability, side, "");
    }

    /** A kind without options, or with the usual ones. */
    public DropoutSpec(Kind kind, double dropProbability) {
        this(kind, dropProbability, kind == Kind.DROPBLOCK ? USUAL_BLOCK : 0);
    }

    /** Parses {@code inverted:0.5}, a bare {@code 0.5} (inverted), {@code dropblock:0.1,block=5}, {@code cutout:8} or {@code none}. */
    public static DropoutSpec parse(String text) {
        if (text.equalsIgnoreCase("none")) {
            return NONE;
        }
        int colon = text.indexOf(':');
        Kind kind = colon < 0 ? Kind.INVERTED : kindOf(text.substring(0, colon));
        List<String> parts = List.of(text.substring(colon + 1).split(",", -1));
        if (kind == Kind.CUTOUT) {
            requireNoOptions(text, parts);
            return new DropoutSpec(kind, 0, whole(text, "SIDE", parts.get(0)));
        }
        double drop = probability(text, parts.get(0));
        if (kind == Kind.DROPBLOCK) {
            return new DropoutSpec(kind, drop, block(text, parts));
        }
        if (kind == Kind.STANDOUT || kind == Kind.DROPCONNECT) {
            return new DropoutSpec(kind, drop, 0, String.join(",", parts.subList(1, parts.size())));
        }
        requireNoOptions(text, parts);
        return new DropoutSpec(kind, drop);
    }

    private static Kind kindOf(String text) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.label().equals(text))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known =
                            Arrays.stream(Kind.values()).map(Kind::label).toList();
                    return DropwiseException.configuration("dropout kind '" + text + "' is unknown; did you mean '"
                            + Nearest.of(text, known) + "'? Known: " + String.join(", ", known));
                });
    }

    private static void requireNoOptions(String text, List<String> parts) {
        if (parts.size() > 1) {
            throw DropwiseException.configuration("dropout '" + text + "': this kind has no options, found '"
                    + parts.get(1) + "'; those that have are dropblock (" + BLOCK + "), standout (alpha, beta) and"
                    + " dropconnect (mask, eval, samples)");
        }
    }

    private static int block(String text, List<String> parts) {
        if (parts.size() == 1) {
            return USUAL_BLOCK;
        }
        String option = parts.get(1);
        if (parts.size() > 2 || !option.startsWith(BLOCK + "=")) {
            throw DropwiseException.configuration("dropout '" + text + "': expected dropblock:P or dropblock:P," + BLOCK
                    + "=SIDE, found '" + String.join(",", parts.subList(1, parts.size())) + "'; did you mean '" + BLOCK
                    + "=" + USUAL_BLOCK + "'?");
        }
        return whole(text, BLOCK, option.substring(BLOCK.length() + 1));
    }

    private static double probability(String text, String drop) {
        try {
            return Double.parseDouble(drop);
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration(
                    "dropout '" + text + "': expected KIND:P such as inverted:0.5, found '" + drop + "' for P");
        }
    }

    private static int whole(String text, String what, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration("dropout '" + text
                    + "': expected a number of pixels such as 8, found '" + number + "' for " + what);
        }
    }

    /** True when a network with it can be exported for stock Deeplearning4j. */
    public boolean exportsToStock() {
        boolean sampled = kind == Kind.DROPCONNECT && dropConnect().samples() > 0;
        return isNone() || !(kind == Kind.STANDOUT || kind == Kind.POOLING || sampled);
    }

    /** The options of {@code standout}. */
    public StandoutOptions standout() {
        return StandoutOptions.parse(dropProbability, options);
    }

    /** The options of {@code dropconnect}. */
    public DropConnectOptions dropConnect() {
        return DropConnectOptions.parse(options);
    }

    /** True when this spec drops nothing. */
    public boolean isNone() {
        return kind == Kind.NONE || (kind != Kind.CUTOUT && dropProbability == 0);
    }

    /** What {@link #parse} reads back. */
    @Override
    public String toString() {
        return switch (kind) {
            case NONE -> "none";
            case CUTOUT -> kind.label() + ":" + side;
            case DROPBLOCK -> kind.label() + ":" + dropProbability + "," + BLOCK + "=" + side;
            default -> kind.label() + ":" + dropProbability + (options.isEmpty() ? "" : "," + options);
        };
    }
}
