package dev.dropwise.common.checkpoint;

import dev.dropwise.common.failure.DropwiseException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says that a state file is complete: one line {@code dropwise-checkpoint epoch=3 best=2 bytes=1234 sha256=...}, newline included, so
 * that a part of a manifest is not a manifest.
 *
 * @param best the epoch whose checkpoint this one may send its reader to; 0 for none
 */
record Manifest(int epoch, int best, long bytes, String sha256) {
    private static final Pattern LINE = Pattern.compile(
            "dropwise-checkpoint epoch=(\\d{1,9}) best=(\\d{1,9}) bytes=(\\d{1,18}) sha256=([0-9a-f]{64})\n");

    static Manifest of(Position position, byte[] state) {
        return new Manifest(position.epoch(), position.bestEpoch(), state.length, digest(state));
    }

    static Manifest parse(String name, byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        Matcher matcher = LINE.matcher(text);
        if (!matcher.matches()) {
            throw DropwiseException.badData("checkpoint manifest " + name
                    + ": expected one line 'dropwise-checkpoint epoch=N best=N bytes=N sha256=...', found "
                    + content.length
                    + " bytes of something else");
        }
        return new Manifest(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                matcher.group(4));
    }

    String text() {
        return "dropwise-checkpoint epoch=" + epoch + " best=" + best + " bytes=" + bytes + " sha256=" + sha256 + "\n";
    }

    void check(int expectedEpoch, byte[] state, String name) {
        Manifest found = new Manifest(expectedEpoch, best, state.length, digest(state));
        if (!equals(found)) {
            throw DropwiseException.badData(
                    "checkpoint " + name + ": expected " + this + ", found " + found + "; the file is damaged");
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
