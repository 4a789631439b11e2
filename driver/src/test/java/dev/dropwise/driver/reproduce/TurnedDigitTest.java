package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TurnedDigitTest {
    private static final byte[] IMAGE = {1, 2, 3, 4, 5, 6, 7, 8, (byte) 200};

    private final TurnedDigit digit = new TurnedDigit(IMAGE, 3);

    @Test
    void shouldMovePixelsWholeWhenTurnedByQuarters() {
        assertThat(digit.turned(0)).containsExactly(IMAGE);
        // Clockwise: the left column becomes the top row, from below.
        assertThat(digit.turned(90)).containsExactly(7, 4, 1, 8, 5, 2, (byte) 200, 6, 3);
        assertThat(digit.turned(180)).containsExactly((byte) 200, 8, 7, 6, 5, 4, 3, 2, 1);
    }

    @Test
    void shouldMixNeighboursAndBlackWhenTurnedBetween() {
        byte[] white = {(byte) 240, (byte) 240, (byte) 240, (byte) 240};

        // Corners of two by two pixels, turned by 45 degrees, lie at sqrt(1/2) from the middle on an axis: 0.2071
        // outside, between two.
        assertThat(new TurnedDigit(white, 2).turned(45)).containsOnly((byte) Math.round(240 * (1 - 0.20710678)));
    }

    @Test
    void shouldWriteAnIdxFileOfAllAngles() {
        ByteBuffer idx = ByteBuffer.wrap(digit.idx(3, 90));

        assertThat(new int[] {idx.getInt(), idx.getInt(), idx.getInt(), idx.getInt()})
                .containsExactly(0x803, 3, 3, 3);
        byte[] last = new byte[9];
        idx.get(16 + 18, last);
        assertThat(last).containsExactly(digit.turned(180));
        assertThat(idx.capacity()).isEqualTo(16 + 27);
    }

    @Test
    void shouldRefuseWhatIsNoSquare() {
        assertThatThrownBy(() -> new TurnedDigit(IMAGE, 4)).hasMessage("expected 16 pixels, found 9");
    }
}
