package dev.dropwise.driver.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    @Test
    void shouldUseColoursOnlyWhenOnATerminalThatWantsThem() {
        assertThat(Screen.standard(true, Map.of()).colour()).isTrue();
        assertThat(Screen.standard(true, Map.of("NO_COLOR", "")).colour()).isTrue();
        assertThat(Screen.standard(true, Map.of("NO_COLOR", "1")).colour()).isFalse();
        assertThat(Screen.standard(false, Map.of()).colour()).isFalse();
    }

    @Test
    void shouldNotDrawWhenTheTerminalIsDumb() {
        assertThat(Screen.standard(true, Map.of("TERM", "xterm")).terminal()).isTrue();
        assertThat(Screen.standard(true, Map.of("TERM", "dumb")).terminal()).isFalse();
        assertThat(Screen.standard(false, Map.of("TERM", "xterm")).terminal()).isFalse();
    }

    @Test
    void shouldTakeTheWidthFromTheEnvironmentWhenItIsSensible() {
        assertThat(Screen.standard(true, Map.of("COLUMNS", "132")).columns()).isEqualTo(132);
        for (String odd : new String[] {"", "0", "5", "-3", "wide", "99999999999"}) {
            assertThat(Screen.standard(true, Map.of("COLUMNS", odd)).columns())
                    .as(odd)
                    .isEqualTo(80);
        }
    }

    @Test
    void shouldKeepProgressAndResultsApart() {
        Screen screen = Screen.standard(false, Map.of());

        assertThat(screen.progress()).isSameAs(System.err);
        assertThat(screen.results()).isSameAs(System.out);
    }
}
