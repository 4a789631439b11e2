package dev.dropwise.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChecklistTest {
    private final List<String> lines = new ArrayList<>();
    private final Checklist checklist = new Checklist(lines::add);

    @Test
    void shouldSayThatAJobWouldRunWhenNothingFails() {
        checklist.add(Finding.ok("jdk", "driver 17"));
        checklist.add(Finding.warn("socket buffers", "208 KB", "raise them"));

        assertThat(checklist.conclude()).isEqualTo(ExitCode.DONE);
        assertThat(lines)
                .containsExactly(
                        "ok    jdk                 driver 17",
                        "warn  socket buffers      208 KB  (raise them)",
                        "a job would run (2 checks, 1 warning)");
    }

    @Test
    void shouldEndWithTheFirstFailureWhenThereAreSeveral() {
        checklist.add(Finding.ok("jdk", "driver 17"));
        checklist.add(Finding.fail("output", "/x cannot be written: no; choose another --out", ExitCode.IO));
        checklist.add(Finding.fail("slots", "2 for 3", "lower --workers", ExitCode.UNAVAILABLE));

        assertThat(checklist.conclude()).isEqualTo(ExitCode.IO);
        assertThat(lines)
                .contains(
                        "fail  output              /x cannot be written: no  (choose another --out)",
                        "a job would not run (3 checks, 0 warnings, 2 failures)");
    }

    @Test
    void shouldKeepTheFirstLineOnlyWhenAnErrorHasMany() {
        assertThat(Finding.fail("spark", "it broke\n\tat x", ExitCode.UNAVAILABLE))
                .isEqualTo(Finding.fail("spark", "it broke", "", ExitCode.UNAVAILABLE));
    }
}
