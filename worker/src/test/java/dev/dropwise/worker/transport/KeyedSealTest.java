package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class KeyedSealTest {
    private static final RunTag TAG = RunTag.of("run", 2, "nonce");
    private static final Sealing SEALING = new Sealing(TAG, new FrameSecret(filled(32)));
    private static final byte[] TEXT = "gradients of rank 1".getBytes(StandardCharsets.US_ASCII);

    @Test
    void shouldEncryptByTheKeySequenceAndHeaderWhenAFrameIsSealed() throws Exception {
        // given
        byte[] material = filled(KeyedSeal.KEY_MATERIAL);
        byte[] frame = header(0x0102030405060708L);

        // when
        new KeyedSeal(material).seal(new UnsafeBuffer(frame), 0, new UnsafeBuffer(TEXT), 0);

        // then: a cipher that is set up by hand gives payload and tag
        ByteBuffer nonce = ByteBuffer.allocate(12).put(material, 16, 4).order(ByteOrder.LITTLE_ENDIAN);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(material, 0, 16, "AES"),
                new GCMParameterSpec(128, nonce.putLong(0x0102030405060708L).array()));
        cipher.updateAAD(frame, 0, FrameHeader.SEAL_OFFSET);
        byte[] expected = cipher.doFinal(TEXT);
        assertThat(Arrays.copyOfRange(frame, FrameHeader.LENGTH, frame.length))
                .isEqualTo(Arrays.copyOf(expected, TEXT.length));
        assertThat(Arrays.copyOfRange(frame, FrameHeader.SEAL_OFFSET, FrameHeader.LENGTH))
                .isEqualTo(Arrays.copyOfRange(expected, TEXT.length, expected.length));
    }

    @Test
    void shouldGiveBackHeaderAndPayloadWhenOpenedAtTheOtherEnd() {
        for (int at : new int[] {0, 40}) {
            UnsafeBuffer frame = new UnsafeBuffer(new byte[300]);
            byte[] sealed = sealed(1);
            frame.putBytes(at, sealed);
            FrameSeal other = SEALING.between(1, 0, Lane.DATA);

            assertThat(other.open(frame, at, sealed.length)).isTrue();

            int offset = other.openedOffset(at);
            assertThat(other.opened(frame).getStringWithoutLengthAscii(offset + FrameHeader.LENGTH, TEXT.length))
                    .isEqualTo("gradients of rank 1");
            assertThat(FrameHeader.sequence(other.opened(frame), offset)).isEqualTo(1);
        }
    }

    @Test
    void shouldOpenNothingWhenAnyBitIsFlipped() {
        byte[] whole = sealed(1);
        FrameSeal other = SEALING.between(1, 0, Lane.DATA);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] changed = whole.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(other.open(new UnsafeBuffer(changed), 0, changed.length))
                    .as("bit %d of byte %d", bit % 8, bit / 8)
                    .isFalse();
        }
        assertThat(other.open(new UnsafeBuffer(whole), 0, whole.length)).isTrue();
    }

    @Test
    void shouldOpenNothingWhenSecretAttemptLaneOrRanksAreOthers() {
        UnsafeBuffer frame = new UnsafeBuffer(sealed(1));
        byte[] otherBytes = filled(32);
        otherBytes[31]++;

        assertThat(Set.of(
                        new Sealing(TAG, new FrameSecret(otherBytes)).between(1, 0, Lane.DATA),
                        new Sealing(new RunTag(TAG.run(), 3), SEALING.secret()).between(1, 0, Lane.DATA),
                        new Sealing(new RunTag(7, 2), SEALING.secret()).between(1, 0, Lane.DATA),
                        SEALING.between(1, 0, Lane.CONTROL),
                        SEALING.between(0, 1, Lane.DATA),
                        SEALING.between(1, 2, Lane.DATA),
                        SEALING.between(2, 0, Lane.DATA)))
                .noneMatch(each -> each.open(frame, 0, frame.capacity()));
    }

    @Test
    void shouldRefuseToUseANonceTwiceWhenASequenceIsSealedAgain() {
        FrameSeal seal = SEALING.between(1, 0, Lane.DATA);
        for (long sequence : new long[] {1, 2, 7}) {
            seal.seal(new UnsafeBuffer(header(sequence)), 0, new UnsafeBuffer(TEXT), 0);
        }

        assertThatThrownBy(() -> seal.seal(new UnsafeBuffer(header(7)), 0, new UnsafeBuffer(TEXT), 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("expected a sequence after 7, found 7: a nonce would be used twice");
    }

    private static byte[] sealed(long sequence) {
        byte[] frame = header(sequence);
        SEALING.between(1, 0, Lane.DATA).seal(new UnsafeBuffer(frame), 0, new UnsafeBuffer(TEXT), 0);
        return frame;
    }

    private static byte[] header(long sequence) {
        byte[] frame = new byte[FrameHeader.LENGTH + TEXT.length];
        new FrameHeader()
                .stamp(TAG, 1)
                .sealedBy(KeyedSeal.CODE)
                .round(FrameKind.BROADCAST, 1, 1)
                .piece(0, 0, TEXT.length)
                .sequence(sequence)
                .writeTo(new UnsafeBuffer(frame), 0);
        return frame;
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + 5);
        }
        return bytes;
    }
}
