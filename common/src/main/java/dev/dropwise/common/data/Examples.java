package dev.dropwise.common.data;

/**
 * Labelled images in memory. The arrays are handed over, not copied: whoever holds the record owns them and must not write.
 *
 * @param shape of every image
 * @param pixels unsigned bytes, {@code shape.length()} per example, example after example
 * @param labels the class of each example, from 0
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Tens of megabytes: a defensive copy or a comparison by content is never wanted.
public record Examples(ImageShape shape, byte[] pixels, byte[] labels) {
    public Examples {
        if (pixels.length != (long) labels.length * shape.length()) {
            throw new IllegalArgumentException("expected " + shape.length() + " pixels for each of " + labels.length
                    + " labels, found " + pixels.length);
        }
    }

    /** How many examples there are. */
    public int count() {
        return labels.length;
    }
}
