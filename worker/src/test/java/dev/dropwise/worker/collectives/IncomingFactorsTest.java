package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dropwise.common.layer.FactorMessage;
import dev.dropwise.common.layer.SufficientFactors;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IncomingFactorsTest {
    private static final int FIRST = 500;
    /** Weights [inputs, units] = [3, 4] of two examples. */
    private static final int VALUES = 12;

    private static final int MOST = 10_000;

    private final SufficientFactors factors =
            SufficientFactors.of(FIRST, new float[] {1, 0, 2, 0, 3, 0}, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2);
    private final FactorMessage message = new FactorMessage();
    private final IncomingFactors incoming = new IncomingFactors();
    private UnsafeBuffer bytes = new UnsafeBuffer(0, 0);

    @BeforeEach
    void write() {
        message.write(factors, FIRST, FIRST + VALUES);
        bytes = new UnsafeBuffer(message.bytes());
    }

    @Test
    void shouldTellTheRangeItWasOpenedForAndNoOtherWhenItCameInPieces() {
        int length = message.length();

        assertThat(incoming.append(bytes, 0, 24, MOST)).isFalse();
        assertThat(incoming.received()).isEqualTo(24);
        assertThat(incoming.append(bytes, 24, length - 28, MOST)).isFalse();
        assertThat(incoming.append(bytes, length - 4, 4, MOST)).isTrue();
        // From the third unit's second weight on, at position 100 of the chunk, of which 400 bytes are to come.
        int end = incoming.open(100, FIRST + 7, 400);

        assertThat(end).isEqualTo(100 + 5 * Float.BYTES);
        assertThat(incoming.received()).isZero();
        assertThat(incoming.tells(99)).isFalse();
        assertThat(incoming.tells(100)).isTrue();
        assertThat(incoming.tells(end - 1)).isTrue();
        assertThat(incoming.tells(end)).isFalse();
        assertThat(incoming.alike(60, 1000)).isEqualTo(40);
        assertThat(incoming.alike(104, 1000)).isEqualTo(16);
        assertThat(incoming.alike(120, 1000)).isEqualTo(1000);
        assertThat(incoming.isFree(119)).isFalse();
        assertThat(incoming.isFree(120)).isTrue();
        // delta^T input: units 3 and 4 of the examples, (3, 7) and (4, 8), times (1, 0, 2) and (0, 3, 0).
        assertThat(values(FIRST + 7, 5)).containsExactly(21, 6, 4, 24, 8);
    }

    @Test
    void shouldEndWhereTheRunEndsWhenThatIsWithinAUnit() {
        incoming.append(bytes, 0, message.length(), MOST);

        assertThat(incoming.open(0, FIRST, 8)).isEqualTo(8);
    }

    @Test
    void shouldRefuseWhatIsNoMessageOrNotForThisPlace() {
        int length = message.length();

        assertThatIllegalArgumentException().isThrownBy(() -> incoming.append(bytes, 0, 3, MOST));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> incoming.append(bytes, 0, length, length - 1))
                .withMessageContaining("at most " + (length - 1));
        incoming.append(bytes, 0, length - 4, MOST);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> incoming.append(bytes, 0, 8, MOST))
                .withMessageContaining("8 more behind " + (length - 4));
        incoming.append(bytes, length - 4, 4, MOST);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> incoming.open(0, FIRST - 1, 8))
                .withMessageContaining("expected factors of float 499, found them for 500 to 512");
        assertThatIllegalArgumentException().isThrownBy(() -> incoming.open(0, FIRST + VALUES, 8));
    }

    private float[] values(int from, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = incoming.values(from, count).getFloat(i * Float.BYTES);
        }
        return values;
    }
}
