package dev.dropwise.worker.transport;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with HMAC-SHA256 (RFC 5869), for outputs of up to one block. */
final class KeyDerivation {
    private static final String HMAC = "HmacSHA256";
    private static final int BLOCK_BYTES = 32;

    private KeyDerivation() {}

    /**
     * Derives key material that says nothing about {@code secret} nor about what other {@code purpose}s give.
     *
     * @param lengthBytes at most 32
     */
    static byte[] derive(byte[] secret, byte[] salt, byte[] purpose, int lengthBytes) {
        if (lengthBytes < 1 || lengthBytes > BLOCK_BYTES) {
            throw new IllegalArgumentException("expected 1 to " + BLOCK_BYTES + " bytes, found " + lengthBytes);
        }
        byte[] expanded = Arrays.copyOf(purpose, purpose.length + 1);
        expanded[purpose.length] = 1;
        return Arrays.copyOf(hmac(hmac(salt, secret), expanded), lengthBytes);
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }
}
