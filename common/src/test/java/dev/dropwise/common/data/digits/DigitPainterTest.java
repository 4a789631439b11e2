package dev.dropwise.common.data.digits;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigitPainterTest {
    private static final int LENGTH = DigitPainter.SIDE * DigitPainter.SIDE;

    @Test
    void shouldDrawTheSameBytesOnEveryJvmWhenDrawnInOrder() throws NoSuchAlgorithmException {
        assertThat(digest(0, 500)).isEqualTo("dd47c9a5eca1abe6494b2998e955b63e");
        assertThat(digest(1, 500)).isEqualTo("140865626ffe74f9cdfe18681406b9c5");
    }

    @Test
    void shouldDrawTheSameWhenAnExampleIsDrawnAloneAfterOthers() {
        byte[] all = draw(0, 50);
        DigitPainter painter = new DigitPainter(0);
        for (int i = 49; i >= 0; i -= 7) {
            byte[] one = new byte[LENGTH];
            painter.draw(i, one, 0);
            assertThat(one).isEqualTo(Arrays.copyOfRange(all, i * LENGTH, (i + 1) * LENGTH));
        }
    }

    @Test
    void shouldHoldEachDigitOnceWhenTenExamplesFollowEachOther() {
        DigitPainter painter = new DigitPainter(0);
        int firsts = 0;
        for (int ten = 0; ten < 100; ten++) {
            int seen = 0;
            for (int i = 0; i < 10; i++) {
                seen |= 1 << painter.label(10 * ten + i);
            }
            assertThat(seen).isEqualTo(0b11_1111_1111);
            firsts |= 1 << painter.label(10 * ten);
        }
        // The order within ten changes, so no digit is tied to a position.
        assertThat(firsts).isEqualTo(0b11_1111_1111);
    }

    @Test
    void shouldInkTheMiddleAndLeaveTheMarginWhenAnyDigitIsDrawn() {
        byte[] pixels = draw(1, 400);
        for (int i = 0; i < 400; i++) {
            int ink = 0;
            int darkest = 0;
            double x = 0;
            double y = 0;
            for (int p = 0; p < LENGTH; p++) {
                int value = pixels[i * LENGTH + p] & 0xFF;
                ink += value;
                darkest = Math.max(darkest, value);
                int row = p / DigitPainter.SIDE;
                x += value * (p - row * DigitPainter.SIDE + 0.5);
                y += value * (row + 0.5);
            }
            assertThat(darkest).as("darkest of %d", i).isGreaterThan(150);
            assertThat(ink / 255.0).as("ink of %d", i).isBetween(15.0, 260.0);
            assertThat(x / ink).as("x of %d", i).isBetween(9.0, 19.0);
            assertThat(y / ink).as("y of %d", i).isBetween(9.0, 19.0);
        }
    }

    @Test
    void shouldNeverRepeatWhenManyAreDrawn() {
        byte[] train = draw(0, 300);
        byte[] test = draw(1, 300);
        Set<String> seen = new HashSet<>();
        for (byte[] set : new byte[][] {train, test}) {
            for (int i = 0; i < 300; i++) {
                seen.add(HexFormat.of().formatHex(set, i * LENGTH, (i + 1) * LENGTH));
            }
        }
        assertThat(seen).hasSize(600);
    }

    private static String digest(int stream, int count) throws NoSuchAlgorithmException {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        DigitPainter painter = new DigitPainter(stream);
        for (int i = 0; i < count; i++) {
            sha256.update(painter.label(i));
        }
        sha256.update(draw(stream, count));
        return HexFormat.of().formatHex(sha256.digest()).substring(0, 32);
    }

    private static byte[] draw(int stream, int count) {
        DigitPainter painter = new DigitPainter(stream);
        byte[] pixels = new byte[count * LENGTH];
        for (int i = 0; i < count; i++) {
            painter.draw(i, pixels, i * LENGTH);
        }
        return pixels;
    }
}
