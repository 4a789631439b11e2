package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;

/**
 * A labelled image set from which any examples can be read by index. Indices follow the published order. Instances are
 * immutable and safe to use from several threads; each {@link #read} opens the files for itself.
 */
public interface ImageSource {
    /** As the user named it: {@code digits}, {@code mnist}, {@code cifar10} or a path. */
    String name();

    /** The shape of every image of both splits. */
    ImageShape shape();

    /** How many classes there are; labels are 0 until {@code classes()}. */
    int classes();

    /** How many examples the split holds, from headers and file lengths alone. */
    int size(Split split);

    /**
     * Reads the examples at {@code sortedIndices}, in that order. Files are opened at the first wanted example, read no
     * further than the last, and only wanted examples are kept; when the last wanted example is the last of its file, the
     * file must end there.
     *
     * @param sortedIndices strictly ascending, each in 0 until {@code size(split)}
     * @throws DropwiseException when a file breaks its format (category FATAL, bad data) or cannot be read (I/O)
     * @throws IllegalArgumentException when the indices are out of range or order
     */
    Examples read(Split split, int[] sortedIndices);

    /**
     * A digest that tells data sets apart cheaply: SHA-256 over the format, shape and sizes and, for every file in published
     * order, its name without {@code .gz}, its uncompressed length and its first 64 KiB uncompressed. The same data gives the
     * same fingerprint, gzipped or not, wherever it lies. It is no checksum: a byte changed late in a file goes unnoticed.
     */
    String fingerprint();
}
