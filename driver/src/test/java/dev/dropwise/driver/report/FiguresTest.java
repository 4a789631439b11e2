package dev.dropwise.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void shouldWriteNumbersAsPeopleReadThem() {
        assertThat(Figures.percent(0.9786)).isEqualTo("97.86 %");
        assertThat(Figures.share(0.137)).isEqualTo("14 %");
        assertThat(Figures.loss(0.07124)).isEqualTo("0.0712");
        assertThat(Figures.loss(12_345)).isEqualTo("1.235e+04");
        assertThat(Figures.count(397_510)).isEqualTo("397,510");
        assertThat(Figures.rate(41_234.5)).isEqualTo("41,235");
        assertThat(Figures.seconds(0.2134)).isEqualTo("0.213 s");
        assertThat(Figures.seconds(12.34)).isEqualTo("12.3 s");
        assertThat(Figures.milliseconds(0.00225)).isEqualTo("2.25 ms");
        assertThat(Figures.counted(1, "worker")).isEqualTo("1 worker");
        assertThat(Figures.counted(0, "worker")).isEqualTo("0 workers");
    }

    @Test
    void shouldCarryIntoTheNextUnitWhenRoundingReachesIt() {
        assertThat(Figures.duration(59.94)).isEqualTo("59.9 s");
        assertThat(Figures.duration(59.96)).isEqualTo("1 min 00 s");
        assertThat(Figures.duration(72.25)).isEqualTo("1 min 12 s");
        assertThat(Figures.duration(3_599.6)).isEqualTo("1 h 00 min");
        assertThat(Figures.duration(11_100)).isEqualTo("3 h 05 min");
        assertThat(Figures.bytes(999)).isEqualTo("999 B");
        assertThat(Figures.bytes(1_600)).isEqualTo("1.6 kB");
        assertThat(Figures.bytes(999_499)).isEqualTo("999 kB");
        assertThat(Figures.bytes(999_500)).isEqualTo("1.0 MB");
        assertThat(Figures.bytes(135_153_400)).isEqualTo("135 MB");
        assertThat(Figures.bytes(Long.MAX_VALUE)).isEqualTo("9.2 EB");
    }

    @Test
    void shouldWriteADashWhenANumberIsNotFinite() {
        for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThat(new String[] {
                        Figures.percent(none),
                        Figures.share(none),
                        Figures.loss(none),
                        Figures.rate(none),
                        Figures.seconds(none),
                        Figures.milliseconds(none),
                        Figures.duration(none)
                    })
                    .containsOnly("-");
        }
    }

    @Test
    void shouldWriteTheSameWhenTheLocaleDiffers() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(Figures.percent(0.5) + Figures.count(1_000)).isEqualTo("50.00 %1,000");
        } finally {
            Locale.setDefault(before);
        }
    }
}
