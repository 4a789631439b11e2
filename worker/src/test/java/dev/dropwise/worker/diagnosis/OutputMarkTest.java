package dev.dropwise.worker.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputMarkTest {
    private final Configuration hadoop = new Configuration();

    @TempDir
    private Path directory;

    @Test
    void shouldLeaveNothingBehindWhenTheRunDirectoryIsNotThereYet() {
        OutputMark mark = OutputMark.leave(directory.resolve("runs/1").toUri().toString(), hadoop);
        assertThat(directory.toFile().list()).containsExactly(mark.name());

        assertThat(mark.check(hadoop)).isEqualTo(mark.directory()).endsWith(directory.toString());
        assertThat(directory.toFile().list()).containsExactly(mark.name());

        mark.remove(hadoop);
        mark.remove(hadoop);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldSayThatTheDirectoryIsAnotherOneWhenTheDriversFileIsNotThere() {
        OutputMark mark = new OutputMark(directory.toUri().toString(), "not-here", "content");

        assertThatThrownBy(() -> mark.check(hadoop))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessageContaining("is not there: this host's directory is another one")
                .hasMessageContaining("hdfs://");
    }

    @Test
    void shouldRefuseAndCreateNothingWhenThePathLeadsThroughAFile() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> OutputMark.leave(file.resolve("run").toString(), hadoop))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessageContaining(file.resolve("run") + " cannot be written")
                .hasMessageContaining("choose an --out");
        assertThat(directory.toFile().list()).containsExactly("file");
    }
}
