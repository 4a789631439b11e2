package dev.dropwise.common.data.digits;

import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Arrays;

/**
 * Draws the embedded handwritten digits, 28x28 grey. Every example is a pure function of (stream, index): the same bytes on
 * every machine and JVM, in any order, so each worker draws only what it needs. Labels are balanced: every ten consecutive
 * examples hold each digit once. Not thread-safe: one painter per thread.
 */
public final class DigitPainter {
    /** Width and height of a drawing in pixels. */
    public static final int SIDE = 28;
    /** Digits 0 to 9. */
    public static final int CLASSES = 10;

    // Part of the data set's identity: another value is another data set.
    private static final long SEED = 20_120_703;
    private static final double WOBBLE = 0.022;
    private static final double LARGEST = 22;
    private static final double SHIFT = 0.7;

    private final StreamKey stream;
    private final Trace trace = new Trace();
    private final Distortion hand = new Distortion();
    private final float[] coverage = new float[SIDE * SIDE];

    /** A painter of the examples of {@code stream}: 0 for training, 1 for test. */
    public DigitPainter(int stream) {
        this.stream = StreamKey.of(SEED, Purpose.AUGMENTATION).with(stream);
    }

    /** Which digit example {@code index} shows. */
    public byte label(int index) {
        Draws draws = new Draws(stream.with(-1 - index / CLASSES));
        byte[] order = new byte[CLASSES];
        for (byte digit = 0; digit < CLASSES; digit++) {
            int other = draws.below(digit + 1);
            order[digit] = order[other];
            order[other] = digit;
        }
        return order[index % CLASSES];
    }

    /** Draws example {@code index} into the {@code SIDE * SIDE} bytes from {@code offset} on: 0 paper, 255 full ink. */
    public void draw(int index, byte[] pixels, int offset) {
        Draws draws = new Draws(stream.with(index));
        var ways = Hand.DIGITS.get(label(index));
        trace.follow(ways.get(draws.below(ways.size())), WOBBLE, draws);
        hand.draw(draws);
        trace.bend(hand);
        trace.place(SIDE / 2.0 + draws.bell(SHIFT), SIDE / 2.0 + draws.bell(SHIFT), LARGEST);
        ink(draws);
        double darkness = draws.between(205, 255);
        for (int i = 0; i < coverage.length; i++) {
            pixels[offset + i] = (byte) (int) (coverage[i] * darkness + 0.5);
        }
    }

    private void ink(Draws draws) {
        Arrays.fill(coverage, 0);
        double pen = draws.between(0.75, 1.75);
        double softness = draws.between(0.9, 1.5);
        double radius = pen * draws.between(0.8, 1.2);
        for (int i = 1; i < trace.size(); i++) {
            // The pressure wanders around the pen's width as the hand moves on.
            double next = radius + 0.35 * (pen * draws.between(0.7, 1.3) - radius);
            if (!trace.lifted(i)) {
                segment(i, radius, next, softness);
            }
            radius = next;
        }
    }

    /** Covers pixels by their distance to the segment that ends at point {@code i}; where strokes cross, the darker wins. */
    private void segment(int i, double fromRadius, double toRadius, double softness) {
        double ax = trace.x(i - 1);
        double ay = trace.y(i - 1);
        double dx = trace.x(i) - ax;
        double dy = trace.y(i) - ay;
        double reach = Math.max(fromRadius, toRadius) + softness / 2;
        double squared = dx * dx + dy * dy + 1e-9;
        int top = clamp(Math.min(ay, ay + dy) - reach);
        int bottom = clamp(Math.max(ay, ay + dy) + reach);
        int left = clamp(Math.min(ax, ax + dx) - reach);
        int right = clamp(Math.max(ax, ax + dx) + reach);
        for (int row = top; row <= bottom; row++) {
            double py = row + 0.5 - ay;
            for (int column = left; column <= right; column++) {
                double px = column + 0.5 - ax;
                double t = Math.max(0, Math.min(1, (px * dx + py * dy) / squared));
                double ex = px - t * dx;
                double ey = py - t * dy;
                double radius = fromRadius + t * (toRadius - fromRadius);
                double cover = 0.5 + (radius - Math.sqrt(ex * ex + ey * ey)) / softness;
                int pixel = row * SIDE + column;
                coverage[pixel] = Math.max(coverage[pixel], (float) Math.min(1, cover));
            }
        }
    }

    private static int clamp(double pixel) {
        return Math.max(0, Math.min(SIDE - 1, (int) Math.floor(pixel)));
    }
}
