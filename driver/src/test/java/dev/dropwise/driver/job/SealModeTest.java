package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.transport.FrameSecret;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SealModeTest {
    @ParameterizedTest(name = "--seal {0}, authenticate {1}, encrypt {2}")
    @CsvSource({
        "auto,false,false,false",
        "auto,true,false,true",
        "auto,false,true,true",
        "on,false,false,true",
        "off,true,true,false"
    })
    void shouldFollowSparkWhenNothingElseIsAskedFor(
            String mode, String authenticate, String encrypt, boolean expected) {
        SparkConf conf = new SparkConf(false)
                .set("spark.authenticate", authenticate)
                .set("spark.network.crypto.enabled", encrypt);

        assertThat(SealMode.parse(mode).secret(conf).isNone()).isNotEqualTo(expected);
    }

    @Test
    void shouldTakeWhatYamlMakesOfOnAndOff() {
        assertThat(SealMode.parse("true")).isEqualTo(SealMode.ON);
        assertThat(SealMode.parse("false")).isEqualTo(SealMode.OFF);
    }

    @Test
    void shouldDrawAnotherSecretForEveryAttempt() {
        FrameSecret first = SealMode.ON.secret(new SparkConf(false));

        assertThat(SealMode.ON.secret(new SparkConf(false))).isNotEqualTo(first);
    }

    @Test
    void shouldNameTheKnownOnesWhenTheModeIsUnknown() {
        assertThatThrownBy(() -> SealMode.parse("yes"))
                .isInstanceOf(DropwiseException.class)
                .hasMessage("seal 'yes' is unknown; known: auto, on, off");
    }
}
