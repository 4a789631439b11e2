package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyDerivationTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void shouldGiveTheFirstBlockOfTheStandardsFirstTestCase() {
        // RFC 5869, appendix A.1
        byte[] derived = KeyDerivation.derive(
                HEX.parseHex("0b".repeat(22)),
                HEX.parseHex("000102030405060708090a0b0c"),
                HEX.parseHex("f0f1f2f3f4f5f6f7f8f9"),
                32);

        assertThat(HEX.formatHex(derived))
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    @Test
    void shouldRefuseWhenMoreThanOneBlockIsAskedFor() {
        assertThatThrownBy(() -> KeyDerivation.derive(new byte[32], new byte[1], new byte[1], 33))
                .hasMessage("expected 1 to 32 bytes, found 33");
    }
}
