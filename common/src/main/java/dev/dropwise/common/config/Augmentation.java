package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How training images are distorted anew in every epoch, written as parts separated by commas, such as
 * {@code shift:2,rotate:10,flip,crop:4}, or {@code none}. The order of the parts does not matter: an image is mirrored, then turned
 * about its centre, then moved, and what comes in from outside of it is black.
 *
 * @param shiftPixels moves by up to so many pixels, across and down
 * @param rotateDegrees turns by up to so many degrees either way, from 0 to 180
 * @param flip mirrors every second image left to right
 * @param cropPixels pads by so many pixels all around and crops back to size at random
 */
public record Augmentation(int shiftPixels, double rotateDegrees, boolean flip, int cropPixels) {
    /** Images as they are. */
    public static final Augmentation NONE = new Augmentation(0, 0, false, 0);

    private static final String SHIFT = "shift";
    private static final String ROTATE = "rotate";
    private static final String FLIP = "flip";
    private static final String CROP = "crop";
    private static final String NOTHING = "none";
    private static final List<String> KNOWN = List.of(SHIFT, ROTATE, FLIP, CROP, NOTHING);
    private static final List<String> DIGITS = List.of("digits", "mnist");
    private static final double HALF_TURN = 180;

    public Augmentation {
        if (shiftPixels < 0 || cropPixels < 0) {
            throw DropwiseException.configuration(
                    "augment: shift and crop must be at least 0 pixels: shift=" + shiftPixels + " crop=" + cropPixels);
        }
        if (!(rotateDegrees >= 0 && rotateDegrees <= HALF_TURN)) {
            throw DropwiseException.configuration("augment: rotate must lie in [0, 180] degrees, found " + rotateDegrees
                    + "; rotate:10 turns by up to 10 degrees either way");
        }
    }

    /** Parses {@code none}, or parts such as {@code shift:2,rotate:10,flip,crop:4}, each at most once. */
    public static Augmentation parse(String text) {
        if (text.equals(NOTHING)) {
            return NONE;
        }
        Augmentation sum = NONE;
        Set<String> seen = new HashSet<>();
        for (String part : text.split(",", -1)) {
            int colon = part.indexOf(':');
            String name = colon < 0 ? part : part.substring(0, colon);
            if (!seen.add(name)) {
                throw DropwiseException.configuration("augment '" + text + "' names " + name + " twice; name it once");
            }
            sum = sum.with(text, name, colon < 0 ? "" : part.substring(colon));
        }
        return sum;
    }

    private Augmentation with(String text, String name, String value) {
        return switch (name) {
            case SHIFT -> new Augmentation(pixels(text, name, value), rotateDegrees, flip, cropPixels);
            case ROTATE -> new Augmentation(shiftPixels, degrees(text, value), flip, cropPixels);
            case FLIP -> {
                if (!value.isEmpty()) {
                    throw DropwiseException.configuration(
                            "augment '" + text + "': flip takes no value, found '" + value + "'; write flip");
                }
                yield new Augmentation(shiftPixels, rotateDegrees, true, cropPixels);
            }
            case CROP -> new Augmentation(shiftPixels, rotateDegrees, flip, pixels(text, name, value));
            default ->
                throw DropwiseException.configuration("augment '" + text + "': '" + name
                        + "' is unknown here; did you mean '" + Nearest.of(name, KNOWN)
                        + "'? Known: shift:PIXELS, rotate:DEGREES, flip, crop:PIXELS, or none alone");
        };
    }

    private static int pixels(String text, String name, String value) {
        try {
            return Integer.parseInt(number(value));
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration("augment '" + text + "': expected " + name + ":PIXELS such as " + name
                    + ":2, found '" + name + value + "'");
        }
    }

    private static double degrees(String text, String value) {
        try {
            return Double.parseDouble(number(value));
        } catch (NumberFormatException e) {
            throw DropwiseException.configuration("augment '" + text
                    + "': expected rotate:DEGREES such as rotate:10, found '" + ROTATE + value + "'");
        }
    }

    private static String number(String value) {
        return value.isEmpty() ? value : value.substring(1);
    }

    /** True when images stay as they are. */
    public boolean isNone() {
        return shiftPixels == 0 && rotateDegrees == 0 && !flip && cropPixels == 0;
    }

    /**
     * Refuses what could move an image out of sight.
     *
     * @throws DropwiseException (configuration) when shift or crop is as large as an image of {@code height} x {@code width}
     */
    public void check(int height, int width) {
        int side = Math.min(height, width);
        if (Math.max(shiftPixels, cropPixels) >= side) {
            throw DropwiseException.configuration("augment " + this + ": expected shift and crop below " + side
                    + " pixels, the smaller side of images of " + height + "x" + width + ", found shift=" + shiftPixels
                    + " crop=" + cropPixels + "; a few pixels are usual, such as shift:2");
        }
    }

    /** What will work, but hardly help on the data set {@code data}; each a sentence for people. */
    public List<String> warnings(String data) {
        return flip && DIGITS.contains(data)
                ? List.of("augment flip mirrors every second image, and most digits are none when mirrored; leave flip"
                        + " out for " + data)
                : List.of();
    }

    /** What {@link #parse} reads back; equal for equal values. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (shiftPixels > 0) {
            parts.add(SHIFT + ":" + shiftPixels);
        }
        if (rotateDegrees > 0) {
            parts.add(ROTATE + ":" + rotateDegrees);
        }
        if (flip) {
            parts.add(FLIP);
        }
        if (cropPixels > 0) {
            parts.add(CROP + ":" + cropPixels);
        }
        return parts.isEmpty() ? NOTHING : String.join(",", parts);
    }
}
