package dev.dropwise.driver.reproduce;

import java.nio.ByteBuffer;

/** A square grey image turned about its centre by equal steps, as an IDX file of images (format: http://yann.lecun.com/exdb/mnist). */
final class TurnedDigit {
    private static final int IDX_OF_IMAGES = 0x00000803;
    private static final int HEADER_BYTES = 4 * Integer.BYTES;

    private final byte[] pixels;
    private final int side;

    /**
     * @param pixels row by row, 0 to 255
     */
    TurnedDigit(byte[] pixels, int side) {
        if (pixels.length != side * side) {
            throw new IllegalArgumentException("expected " + side * side + " pixels, found " + pixels.length);
        }
        this.pixels = pixels.clone();
        this.side = side;
    }

    /** The image turned by 0, {@code stepDegrees}, twice that and so on, clockwise. */
    byte[] idx(int images, int stepDegrees) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + images * pixels.length);
        out.putInt(IDX_OF_IMAGES).putInt(images).putInt(side).putInt(side);
        for (int image = 0; image < images; image++) {
            out.put(turned(image * stepDegrees));
        }
        return out.array();
    }

    /** Between pixels bilinearly; what lies outside of the image is black. */
    byte[] turned(int degrees) {
        double cosine = StrictMath.cos(StrictMath.toRadians(degrees));
        double sine = StrictMath.sin(StrictMath.toRadians(degrees));
        double middle = (side - 1) / 2.0;
        byte[] turned = new byte[pixels.length];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double fromX = cosine * (x - middle) + sine * (y - middle) + middle;
                double fromY = cosine * (y - middle) - sine * (x - middle) + middle;
                turned[y * side + x] = (byte) Math.round(at(fromX, fromY));
            }
        }
        return turned;
    }

    private double at(double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double down = y - top;
        return (1 - down) * ((1 - right) * pixel(left, top) + right * pixel(left + 1, top))
                + down * ((1 - right) * pixel(left, top + 1) + right * pixel(left + 1, top + 1));
    }

    private int pixel(int x, int y) {
        boolean inside = x >= 0 && x < side && y >= 0 && y < side;
        return inside ? Byte.toUnsignedInt(pixels[y * side + x]) : 0;
    }
}
