package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FrameSecretTest {
    private static final byte[] BYTES = HexFormat.of().parseHex("a7".repeat(32));

    @Test
    void shouldShowNothingOfItselfWhenPrinted() {
        FrameSecret secret = new FrameSecret(BYTES);
        Sealing sealing = new Sealing(RunTag.of("run", 1, "nonce"), secret);

        assertThat(secret).hasToString("FrameSecret[hidden]");
        assertThat(sealing.toString())
                .contains("FrameSecret[hidden]")
                .doesNotContainIgnoringCase("a7a7")
                .doesNotContain(Arrays.toString(BYTES));
        assertThat(FrameSecret.NONE).hasToString("FrameSecret[none]");
    }

    @Test
    void shouldBeAnotherOneWheneverDrawn() {
        assertThat(FrameSecret.draw()).isNotEqualTo(FrameSecret.draw());
        assertThat(FrameSecret.draw().bytes()).hasSize(32);
    }

    @Test
    void shouldBeEqualWhenTheBytesAre() {
        assertThat(new FrameSecret(BYTES.clone()))
                .isEqualTo(new FrameSecret(BYTES))
                .hasSameHashCodeAs(new FrameSecret(BYTES));
        assertThat(new FrameSecret(BYTES)).isNotEqualTo(FrameSecret.NONE);
    }

    @Test
    void shouldRefuseASecretWhenItIsTooShort() {
        assertThatThrownBy(() -> new FrameSecret(new byte[16]))
                .hasMessage("frame secret: expected 32 bytes or none, found 16");
    }
}
