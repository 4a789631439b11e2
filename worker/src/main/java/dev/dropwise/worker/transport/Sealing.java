package dev.dropwise.worker.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the frames of one attempt have in common, and nobody else's: the tag in every header, and the secret behind every seal.
 *
 * @param tag of run and attempt
 * @param secret of the attempt, the same on all ranks
 */
public record Sealing(RunTag tag, FrameSecret secret) {
    private static final String SALT = "dropwise frames 1";

    /** Frames that are checked for damage only. */
    public static Sealing unkeyed(RunTag tag) {
        return new Sealing(tag, FrameSecret.NONE);
    }

    /** Whether frames are encrypted, and only those of a holder of the secret are used. */
    public boolean isKeyed() {
        return !secret.isNone();
    }

    /** A seal for the frames from one rank to another, with a key of its own where there is a secret. */
    FrameSeal between(int from, int to, Lane lane) {
        if (!isKeyed()) {
            return new ChecksumSeal();
        }
        ByteBuffer purpose = ByteBuffer.allocate(Long.BYTES + 4 * Integer.BYTES);
        purpose.putLong(tag.run())
                .putInt(tag.attempt())
                .putInt(lane.index())
                .putInt(from)
                .putInt(to);
        byte[] salt = SALT.getBytes(StandardCharsets.US_ASCII);
        return new KeyedSeal(KeyDerivation.derive(secret.bytes(), salt, purpose.array(), KeyedSeal.KEY_MATERIAL));
    }
}
