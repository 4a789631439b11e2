package dev.dropwise.common.data;

/** A sequence cut into contiguous parts whose lengths differ by at most one. */
final class NearEqualCut {
    private NearEqualCut() {}

    /** Where part {@code part} of {@code parts} begins in a sequence of {@code total}; {@code part = parts} gives the end. */
    static int start(int total, int parts, int part) {
        return (int) ((long) total * part / parts);
    }

    /** The length of part {@code part}. */
    static int length(int total, int parts, int part) {
        return start(total, parts, part + 1) - start(total, parts, part);
    }
}
