package dev.dropwise.deploy.architecture.planted.worker.membership;

import java.security.SecureRandom;

/** Violates nothing: a secret is not a number to train with. */
public final class SharedMemoryToken {
    private SharedMemoryToken() {}

    static byte[] bytes() {
        byte[] bytes = new byte[8];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }
}
