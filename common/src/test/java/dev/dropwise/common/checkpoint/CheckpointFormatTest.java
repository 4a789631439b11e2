package dev.dropwise.common.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CheckpointFormatTest {
    private static final String NAME = "epoch-00003.state";

    private static TrainingState state() {
        return new TrainingState(
                new Position(3, 1L << 33, 2, 0.987654321, 0.0123456789),
                "c0ffee",
                "onednn-avx512/SkylakeX/1 ä",
                new float[] {1.5f, -0f, Float.MIN_VALUE, Float.NaN, Float.NEGATIVE_INFINITY},
                new float[] {0.25f, Float.MAX_VALUE},
                new byte[] {0, -1, 7});
    }

    @Test
    void shouldReadBackEveryFieldWhenAStateIsWritten() {
        TrainingState written = state();

        TrainingState read = CheckpointFormat.read(NAME, CheckpointFormat.write(written));

        assertThat(read.position()).isEqualTo(written.position());
        assertThat(read.configDigest()).isEqualTo(written.configDigest());
        assertThat(read.kernelClass()).isEqualTo(written.kernelClass());
        assertThat(bits(read.parameters())).containsExactly(bits(written.parameters()));
        assertThat(bits(read.updaterState())).containsExactly(bits(written.updaterState()));
        assertThat(read.report()).containsExactly(written.report());
    }

    @Test
    void shouldReadBackAnEmptyUpdaterStateWhenTheUpdaterHasNone() {
        TrainingState written = new TrainingState(Position.START, "", "", new float[] {1}, new float[0], new byte[0]);

        TrainingState read = CheckpointFormat.read(NAME, CheckpointFormat.write(written));

        assertThat(read.position()).isEqualTo(Position.START);
        assertThat(read.updaterState()).isEmpty();
        assertThat(read.report()).isEmpty();
    }

    @Test
    void shouldNotChangeItsLayoutWhenDropwiseDoes() {
        byte[] bytes = CheckpointFormat.write(new TrainingState(
                new Position(1, 2, 3, 0.5, -2), "ab", "c", new float[] {1}, new float[] {-2}, new byte[] {9, 8}));

        // Little-endian: magic, version, epoch, step, best epoch, accuracy, loss, two texts, report, two vectors,
        // CRC32C.
        assertThat(Arrays.copyOf(bytes, bytes.length - 4))
                .inHexadecimal()
                .containsExactly(hex("4457434b" + "02000000" + "01000000" + "0200000000000000" + "03000000"
                        + "000000000000e03f" + "00000000000000c0" + "02000000" + "6162" + "01000000" + "63"
                        + "02000000" + "0908" + "01000000" + "0000803f" + "01000000" + "000000c0"));
    }

    @Test
    void shouldDetectTheDamageWhenAnySingleByteChanges() {
        byte[] whole = CheckpointFormat.write(state());
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                assertRefused(damaged);
            }
            byte[] inverted = whole.clone();
            inverted[at] = (byte) ~inverted[at];
            assertRefused(inverted);
        }
    }

    @Test
    void shouldDetectTheDamageWhenTheFileIsCutAtAnyLength() {
        byte[] whole = CheckpointFormat.write(state());
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void shouldDetectTheDamageWhenAnythingFollows() {
        byte[] whole = CheckpointFormat.write(state());
        for (int extra = 1; extra <= 16; extra++) {
            assertRefused(Arrays.copyOf(whole, whole.length + extra));
        }
    }

    @Test
    void shouldNameFileExpectedAndFoundWhenTheVersionIsAnother() {
        byte[] later = CheckpointFormat.write(state());
        later[4] = 3;

        assertThatThrownBy(() -> CheckpointFormat.read(NAME, later))
                .hasMessageContaining(NAME)
                .hasMessageContaining("expected version 2, found 3");
    }

    private static void assertRefused(byte[] damaged) {
        assertThatThrownBy(() -> CheckpointFormat.read(NAME, damaged))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageStartingWith("checkpoint " + NAME + ": expected ");
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }

    private static byte[] hex(String digits) {
        return java.util.HexFormat.of().parseHex(digits);
    }
}
