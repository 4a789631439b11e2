package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void shouldGiveStudentsIntervalWhenThereAreFiveValues() {
        Sample sample = new Sample(List.of(1.0, 2.0, 3.0, 4.0, 5.0));

        assertThat(sample.mean()).isEqualTo(3);
        // By hand: s^2 = 10 / 4, t(0.975, 4) = 2.776445, 2.776445 * sqrt(2.5 / 5) = 1.963243.
        assertThat(sample.halfWidth()).isCloseTo(1.963243, within(1e-6));
        assertThat(sample.low()).isCloseTo(1.036757, within(1e-6));
        assertThat(sample.high()).isCloseTo(4.963243, within(1e-6));
    }

    @Test
    void shouldGiveTheWidestIntervalWhenThereAreTwoValues() {
        // By hand: s^2 = 2, t(0.975, 1) = 12.706205, 12.706205 * sqrt(2 / 2).
        assertThat(new Sample(List.of(1.0, 3.0)).halfWidth()).isCloseTo(12.706205, within(1e-6));
    }

    @Test
    void shouldClaimNoIntervalWhenThereIsOneValue() {
        Sample sample = new Sample(List.of(7.0));

        assertThat(sample.halfWidth()).isNaN();
        assertThat(sample.low()).isEqualTo(7);
        assertThat(sample.high()).isEqualTo(7);
    }
}
