package dev.dropwise.common.data;

/**
 * The shape of one image, stored channel by channel, each channel row by row (the CHW of NCHW).
 *
 * @param channels 1 for grey, 3 for red, green, blue
 * @param height rows in pixels
 * @param width columns in pixels
 */
public record ImageShape(int channels, int height, int width) {
    public ImageShape {
        if (channels < 1 || height < 1 || width < 1 || (long) channels * height * width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an image needs 1 to 2^31-1 values: channels=" + channels + " height="
                    + height + " width=" + width);
        }
    }

    /** Values in one image. */
    public int length() {
        return channels * height * width;
    }

    /** Values in one channel. */
    public int channelLength() {
        return height * width;
    }
}
