package dev.dropwise.driver.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final PrintStream PROGRESS = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    private static final PrintStream RESULTS = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);

    @Test
    void shouldUseColoursOnlyWhenOnATerminalThatWantsThem() {
        assertThat(screen(true, Map.of()).colour()).isTrue();
        assertThat(screen(true, Map.of("NO_COLOR", "")).colour()).isTrue();
        assertThat(screen(true, Map.of("NO_COLOR", "1")).colour()).isFalse();
        assertThat(screen(false, Map.of()).colour()).isFalse();
    }

    @Test
    void shouldNotDrawWhenTheTerminalIsDumb() {
        assertThat(screen(true, Map.of("TERM", "xterm")).terminal()).isTrue();
        assertThat(screen(true, Map.of("TERM", "dumb")).terminal()).isFalse();
        assertThat(screen(false, Map.of("TERM", "xterm")).terminal()).isFalse();
    }

    @Test
    void shouldTakeTheWidthFromTheEnvironmentWhenItIsSensible() {
        assertThat(screen(true, Map.of("COLUMNS", "132")).columns()).isEqualTo(132);
        for (String odd : new String[] {"", "0", "5", "-3", "wide", "99999999999"}) {
            assertThat(screen(true, Map.of("COLUMNS", odd)).columns()).as(odd).isEqualTo(80);
        }
    }

    @Test
    void shouldKeepProgressAndResultsApart() {
        Screen screen = screen(false, Map.of());

        assertThat(screen.progress()).isSameAs(PROGRESS);
        assertThat(screen.results()).isSameAs(RESULTS);
    }

    private static Screen screen(boolean interactive, Map<String, String> environment) {
        return Screen.of(PROGRESS, RESULTS, interactive, environment);
    }
}
