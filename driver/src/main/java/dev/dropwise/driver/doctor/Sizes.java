package dev.dropwise.driver.doctor;

import java.util.Locale;

/** Bytes and speeds as people read them. */
final class Sizes {
    private static final double KIB = 1024;
    private static final double MIB = KIB * 1024;
    private static final double GIB = MIB * 1024;

    private Sizes() {}

    /** Such as {@code 208 KB}, {@code 4 MB} or {@code 12.3 GB}, all by powers of 1024. */
    static String text(long bytes) {
        if (bytes >= GIB) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / GIB);
        }
        return bytes >= MIB
                ? String.format(Locale.ROOT, "%.0f MB", bytes / MIB)
                : String.format(Locale.ROOT, "%.0f KB", bytes / KIB);
    }

    /** Such as {@code 3.2 GB/s} or {@code 117 MB/s}, by powers of ten, as networks count. */
    static String speed(double bytesPerSecond) {
        return bytesPerSecond >= 1e9
                ? String.format(Locale.ROOT, "%.1f GB/s", bytesPerSecond / 1e9)
                : String.format(Locale.ROOT, "%.1f MB/s", bytesPerSecond / 1e6);
    }
}
