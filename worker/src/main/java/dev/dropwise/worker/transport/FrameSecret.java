package dev.dropwise.worker.transport;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * What only the ranks of one attempt and their driver know, and all keys of its frames come from. The driver draws one per
 * attempt and hands it to the ranks inside their task, through Spark's own channel; it is written nowhere, and shows in no
 * text. {@link #NONE} seals nothing: frames are then checked for damage only, and whoever can send to a rank can forge them.
 *
 * @param bytes 32, or none
 */
@SuppressWarnings("ArrayRecordComponent") // Equality is overridden, and in constant time.
public record FrameSecret(byte[] bytes) {
    /** No secret. */
    public static final FrameSecret NONE = new FrameSecret(new byte[0]);

    private static final int LENGTH = 32;

    public FrameSecret {
        if (bytes.length != 0 && bytes.length != LENGTH) {
            throw new IllegalArgumentException(
                    "frame secret: expected " + LENGTH + " bytes or none, found " + bytes.length);
        }
        bytes = bytes.clone();
    }

    /** A fresh one, from the system's own entropy: whoever knows a run's seed must not know this. */
    public static FrameSecret draw() {
        byte[] drawn = new byte[LENGTH];
        new SecureRandom().nextBytes(drawn);
        return new FrameSecret(drawn);
    }

    /** Whether frames go unsealed. */
    public boolean isNone() {
        return bytes.length == 0;
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FrameSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Says whether there is one, and nothing else. */
    @Override
    public String toString() {
        return isNone() ? "FrameSecret[none]" : "FrameSecret[hidden]";
    }
}
