package dev.dropwise.driver.reproduce;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * Square maps side by side as a picture: grey for values, orange for what has become 0.
 *
 * @param maps how many
 */
record MaskImage(int maps) {
    private static final int GAP = 2;
    private static final int DROPPED = 0xD1731D;
    private static final int WHITE = 0xFFFFFF;
    private static final int BRIGHTEST = 255;

    /**
     * Draws {@code after}, the maps after dropout.
     *
     * @param before the same maps before it; what was 0 already is not marked
     * @return a data URI
     */
    String of(float[] before, float[] after) {
        int side = (int) Math.round(Math.sqrt(after.length / (double) maps));
        int width = maps * side + (maps - 1) * GAP;
        BufferedImage image = new BufferedImage(width, side, BufferedImage.TYPE_INT_RGB);
        Range range = Range.of(after);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, WHITE);
            }
        }
        for (int i = 0; i < after.length; i++) {
            int map = i / (side * side);
            int colour = after[i] == 0 && before[i] != 0 ? DROPPED : range.grey(after[i]);
            image.setRGB(map * (side + GAP) + i % side, i / side % side, colour);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png(image));
    }

    private static byte[] png(BufferedImage image) {
        // No temporary files: a picture is a few kilobytes.
        ImageIO.setUseCache(false);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "png", bytes)) {
                throw new IllegalStateException("this Java cannot write PNG; use a JDK with the module java.desktop");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /** The least and the greatest value, which are black and white. */
    private record Range(float least, float greatest) {
        static Range of(float[] values) {
            float least = 0;
            float greatest = Float.MIN_NORMAL;
            for (float value : values) {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
            }
            return new Range(least, greatest);
        }

        int grey(float value) {
            int level = Math.round(BRIGHTEST * (value - least) / (greatest - least));
            return level << 16 | level << 8 | level;
        }
    }
}
