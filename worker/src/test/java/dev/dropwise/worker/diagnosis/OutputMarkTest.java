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
    private static final String CHOOSE_ANOTHER = "choose an --out that the driver and the executors may write";

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

        assertRefused(
                file.resolve("run").toString(),
                "file:" + file.resolve("run") + ": expected a directory that can be written at file:" + file
                        + ", found a file; " + CHOOSE_ANOTHER);
        assertThat(directory.toFile().list()).containsExactly("file");
    }

    @Test
    void shouldSayWhichClassesAreMissingWhenTheSchemeIsUnknownOrItsFileSystemIsNotThere() {
        assertRefused(
                "foo://bar/run",
                "foo://bar/run: expected a directory that can be written, found no such kind of file system here"
                        + " (No FileSystem for scheme \"foo\"); use file:, hdfs:// or what else has its classes on the class path");
        assertRefused(
                "s3a://bucket/run",
                "s3a://bucket/run: expected a directory that can be written, found no such kind of file system here"
                        + " (for scheme \"s3a\": Class org.apache.hadoop.fs.s3a.S3AFileSystem not found); use file:, hdfs://");
    }

    @Test
    void shouldSayThatNobodyAnswersWhenThereIsNoNameNode() {
        hadoop.setInt("ipc.client.connect.max.retries", 0);

        assertRefused(
                "hdfs://127.0.0.1:1/run",
                "hdfs://127.0.0.1:1/run: expected a directory that can be written, found nobody who answers"
                        + " (Connection refused); check the address");
    }

    @Test
    void shouldSayWhatItFoundWhenARankReadsWhatTheDriverWroteAndCannotWrite() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        Files.writeString(directory.resolve("mark"), "content");
        OutputMark mark = new OutputMark(file.toUri().toString(), "../mark", "content");

        assertThatThrownBy(() -> mark.check(hadoop))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessage(file.toUri()
                        + ": expected a directory that can be written, found a file on the way (Not a directory); "
                        + CHOOSE_ANOTHER);
    }

    private void assertRefused(String out, String message) {
        assertThatThrownBy(() -> OutputMark.leave(out, hadoop))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessageStartingWith(message)
                .message()
                .doesNotContain("\n", OutputMark.class.getSimpleName());
    }
}
