package dev.dropwise.common.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The digest that {@link ImageSource#fingerprint} promises. */
final class Fingerprint {
    private static final int HEAD_BYTES = 1 << 16;

    private final MessageDigest digest;

    private Fingerprint(String format) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        add(format.getBytes(StandardCharsets.UTF_8));
    }

    /** Of a set in {@code format} kept in {@code files}, whose uncompressed lengths are {@code lengths}. */
    static String of(String format, ImageShape shape, List<DataFile> files, long[] lengths) {
        Fingerprint fingerprint = new Fingerprint(format + shape);
        for (int i = 0; i < lengths.length; i++) {
            DataFile file = files.get(i);
            fingerprint.add(file.logicalName().getBytes(StandardCharsets.UTF_8));
            fingerprint.add(ByteBuffer.allocate(Long.BYTES).putLong(lengths[i]).array());
            try (DataReader in = file.open()) {
                fingerprint.add(in.head(HEAD_BYTES));
            }
        }
        return fingerprint.text();
    }

    /** Of a set that is drawn, not read: {@code sample} stands for its content. */
    static String of(String format, ImageShape shape, byte[] sample) {
        Fingerprint fingerprint = new Fingerprint(format + shape);
        fingerprint.add(sample);
        return fingerprint.text();
    }

    // The length goes first, so that no two sequences of parts give the same bytes.
    private void add(byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        digest.update(part);
    }

    private String text() {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }
}
