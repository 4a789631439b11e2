package dev.dropwise.worker.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Lets nobody in who lacks the key: AES-128-GCM (NIST SP 800-38D). The payload is encrypted, the header in front of the seal
 * is authenticated as it is, and the tag fills the seal's place. The nonce is four bytes that were derived with the key, then
 * the frame's sequence; since each key belongs to one lane from one rank to one other in one attempt, and sequences only
 * grow, none is used twice. A frame is opened into memory of its own: what a stranger may still write to has no say.
 *
 * <p>Buffers are allocated once they are needed and then kept. The JDK's cipher itself allocates about a kilobyte a frame.
 */
final class KeyedSeal implements FrameSeal {
    static final int CODE = 1;
    /** Bytes of a key and the start of the nonces that belong to it. */
    static final int KEY_MATERIAL = 20;

    private static final int KEY_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = FrameHeader.SEAL_LENGTH;

    private final SecretKeySpec key;
    private final ByteBuffer nonce = ByteBuffer.allocate(NONCE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Cipher cipher;
    private final byte[] header = new byte[FrameHeader.SEAL_OFFSET];
    private final UnsafeBuffer headerView = new UnsafeBuffer(header);
    private final UnsafeBuffer opened = new UnsafeBuffer(0, 0);
    private byte[] plain = new byte[0];
    private byte[] encrypted = new byte[0];
    private long lastSealed;

    KeyedSeal(byte[] keyMaterial) {
        if (keyMaterial.length != KEY_MATERIAL) {
            throw new IllegalArgumentException("expected " + KEY_MATERIAL + " bytes, found " + keyMaterial.length);
        }
        this.key = new SecretKeySpec(keyMaterial, 0, KEY_BYTES, "AES");
        nonce.put(keyMaterial, KEY_BYTES, KEY_MATERIAL - KEY_BYTES);
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM/NoPadding", e);
        }
    }

    @Override
    public int code() {
        return CODE;
    }

    @Override
    public boolean provesSender() {
        return true;
    }

    @Override
    public void seal(MutableDirectBuffer frame, int offset, DirectBuffer payload, int payloadOffset) {
        int payloadBytes = FrameHeader.payloadBytes(frame, offset);
        long sequence = FrameHeader.sequence(frame, offset);
        if (sequence <= lastSealed) {
            throw new IllegalStateException("expected a sequence after " + lastSealed + ", found " + sequence
                    + ": a nonce would be used twice");
        }
        lastSealed = sequence;
        reserve(payloadBytes);
        payload.getBytes(payloadOffset, plain, FrameHeader.LENGTH, payloadBytes);
        try {
            start(Cipher.ENCRYPT_MODE, frame, offset);
            cipher.doFinal(plain, FrameHeader.LENGTH, payloadBytes, encrypted, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("frame " + sequence + " cannot be sealed", e);
        }
        frame.putBytes(offset + FrameHeader.LENGTH, encrypted, 0, payloadBytes);
        frame.putBytes(offset + FrameHeader.SEAL_OFFSET, encrypted, payloadBytes, TAG_BYTES);
    }

    @Override
    public boolean open(DirectBuffer frame, int offset, int lengthBytes) {
        int payloadBytes = lengthBytes - FrameHeader.LENGTH;
        reserve(payloadBytes);
        frame.getBytes(offset + FrameHeader.LENGTH, encrypted, 0, payloadBytes);
        frame.getBytes(offset + FrameHeader.SEAL_OFFSET, encrypted, payloadBytes, TAG_BYTES);
        try {
            start(Cipher.DECRYPT_MODE, frame, offset);
            cipher.doFinal(encrypted, 0, payloadBytes + TAG_BYTES, plain, FrameHeader.LENGTH);
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a frame of " + lengthBytes + " bytes cannot be opened", e);
        }
        System.arraycopy(header, 0, plain, 0, header.length);
        return true;
    }

    /** Reads the header once, so that the bytes that are authenticated are those that count. */
    private void start(int mode, DirectBuffer frame, int offset) throws GeneralSecurityException {
        frame.getBytes(offset, header);
        nonce.putLong(KEY_MATERIAL - KEY_BYTES, FrameHeader.sequence(headerView, 0));
        cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce.array()));
        cipher.updateAAD(header);
    }

    private void reserve(int payloadBytes) {
        if (encrypted.length < payloadBytes + TAG_BYTES) {
            encrypted = new byte[payloadBytes + TAG_BYTES];
            plain = Arrays.copyOf(plain, FrameHeader.LENGTH + payloadBytes);
            opened.wrap(plain);
        }
    }

    @Override
    public DirectBuffer opened(DirectBuffer frame) {
        return opened;
    }

    @Override
    public int openedOffset(int offset) {
        return 0;
    }

    @Override
    public String mismatch(DirectBuffer frame, int offset, int lengthBytes) {
        return "a seal that was made with another key, or for another frame";
    }
}
