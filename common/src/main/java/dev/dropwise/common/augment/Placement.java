package dev.dropwise.common.augment;

import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.random.StreamKey;

/** How one image is placed in its frame: mirrored, then turned about the centre, then moved. Drawn again and again; for one thread. */
final class Placement {
    // What the words of an example's stream are for: part of their keys, never to be renumbered.
    private static final long MIRROR = 0;
    private static final long ANGLE = 1;
    private static final long SHIFT_RIGHT = 2;
    private static final long SHIFT_DOWN = 3;
    private static final long CROP_RIGHT = 4;
    private static final long CROP_DOWN = 5;

    private boolean mirrored;
    private double radians;
    private int right;
    private int down;

    /** True when left and right change places. */
    boolean mirrored() {
        return mirrored;
    }

    /** The turn; positive turns the x axis towards the y axis, which points down. */
    double radians() {
        return radians;
    }

    /** Pixels to the right. */
    int right() {
        return right;
    }

    /** Pixels down. */
    int down() {
        return down;
    }

    /** Places by hand. */
    Placement set(boolean mirror, double turn, int pixelsRight, int pixelsDown) {
        mirrored = mirror;
        radians = turn;
        right = pixelsRight;
        down = pixelsDown;
        return this;
    }

    /** Draws what {@code how} leaves to chance from the stream {@code key}; each part has a word of its own, whatever others are asked for. */
    void draw(long key, Augmentation how) {
        mirrored = how.flip() && StreamKey.absorb(key, MIRROR) < 0;
        radians = StrictMath.toRadians(how.rotateDegrees()) * symmetric(StreamKey.absorb(key, ANGLE));
        right = within(how.shiftPixels(), StreamKey.absorb(key, SHIFT_RIGHT))
                + within(how.cropPixels(), StreamKey.absorb(key, CROP_RIGHT));
        down = within(how.shiftPixels(), StreamKey.absorb(key, SHIFT_DOWN))
                + within(how.cropPixels(), StreamKey.absorb(key, CROP_DOWN));
    }

    /** From -1 to 1. */
    private static double symmetric(long word) {
        return (word >> 10) * 0x1p-53;
    }

    /** A whole number from {@code -most} to {@code most}; each as likely as the others within 2^-32. */
    private static int within(int most, long word) {
        return (int) (((word >>> 32) * (2L * most + 1)) >>> 32) - most;
    }
}
