package dev.dropwise.driver.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.progress.EpochReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void shouldBeEmptyWhenNew() {
        RunDirectory run = created("run");

        assertThat(run.document()).isEmpty();
        assertThat(run.metrics()).isEmpty();
    }

    @Test
    void shouldKnowOfCheckpointsWhenThereIsNoRunJson() throws IOException {
        RunDirectory run = created("run");
        assertThat(run.hasCheckpoints()).isFalse();

        Files.createDirectory(parent.resolve("run/checkpoints"));

        assertThat(run.document()).isEmpty();
        assertThat(run.hasCheckpoints()).isTrue();
    }

    @Test
    void shouldReadBackDocumentAndMetricsWhenOpenedAgain() {
        List<EpochReport> reports =
                List.of(RunDocuments.epoch(1, 0.5, Double.NaN, Double.NaN), RunDocuments.epoch(2, 0.25, 0.3, 0.9));
        RunDirectory run = created("run");

        run.write(RunDocuments.succeeded());
        run.write(reports);

        RunDirectory again = open("run");
        assertThat(again.document()).contains(RunDocuments.succeeded());
        assertThat(again.metrics()).isEqualTo(reports);
    }

    @Test
    void shouldHoldNothingButTheFilesOfARunWhenAllAreWritten() throws IOException {
        RunDirectory run = created("run");

        run.write(RunDocuments.succeeded());
        run.write(List.of(RunDocuments.epoch(1, 1, 1, 1)));
        run.writeReport("<!DOCTYPE html>");

        try (Stream<Path> files = Files.list(parent.resolve("run"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("run.json", "metrics.jsonl", "report.html");
        }
        assertThat(parent.resolve("run/report.html")).hasContent("<!DOCTYPE html>");
        assertThat(parent.resolve("run/metrics.jsonl")).content().hasLineCount(1);
    }

    @Test
    void shouldQualifyTheDirectoryWhenItIsRelative() {
        RunDirectory run = new RunDirectory("some/run", new Configuration());

        assertThat(run.path()).isEqualTo("file:" + Path.of("").toAbsolutePath() + "/some/run");
        assertThat(run.modelPath()).isEqualTo(run.path() + "/model.zip");
    }

    @Test
    void shouldLeaveNothingBehindWhenCreated() throws IOException {
        created("deep/down/run");

        try (Stream<Path> files = Files.list(parent.resolve("deep/down/run"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void shouldSayWhereAndWhatToDoWhenAFileIsInTheWay() throws IOException {
        Files.writeString(parent.resolve("file"), "here first");

        for (String out : new String[] {"file", "file/run"}) {
            RunDirectory run = open(out);
            assertThatThrownBy(run::create)
                    .asInstanceOf(type(DropwiseException.class))
                    .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                    .satisfies(e -> assertThat(e)
                            .hasMessageStartingWith("run directory file:" + parent + "/" + out + " ")
                            .hasMessageEndingWith("choose an --out that the driver and the executors may write"));
        }
    }

    /** Not even root may create files in {@code /proc}, though the directory is there. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldSayWhereAndWhatToDoWhenTheDirectoryCannotBeWritten() {
        RunDirectory run = new RunDirectory("/proc", new Configuration());

        assertThatThrownBy(run::create)
                .asInstanceOf(type(DropwiseException.class))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .satisfies(e -> assertThat(e)
                        .hasMessageStartingWith("run directory file:/proc ")
                        .hasMessageEndingWith("choose an --out that the driver and the executors may write"));
    }

    @Test
    void shouldSayWhatWouldWorkWhenNoFileSystemIsOfThatKind() {
        assertThatThrownBy(() -> new RunDirectory("floppy://a/run", new Configuration()))
                .asInstanceOf(type(DropwiseException.class))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .satisfies(e -> assertThat(e)
                        .hasMessageStartingWith("run directory floppy://a/run: ")
                        .hasMessageContaining("; use file:, hdfs:// or "));
    }

    @Test
    void shouldNameTheFileWhenRunJsonIsCorrupt() throws IOException {
        RunDirectory run = created("run");
        Files.writeString(parent.resolve("run/run.json"), "{\"status\":\"succ");

        assertThatThrownBy(run::document)
                .asInstanceOf(type(DropwiseException.class))
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .satisfies(e -> assertThat(e)
                        .hasMessageStartingWith("file:" + parent + "/run/run.json: expected RunDocument as JSON"));
    }

    @Test
    void shouldNameFileAndLineWhenAMetricIsCorrupt() throws IOException {
        RunDirectory run = created("run");
        run.write(List.of(RunDocuments.epoch(1, 1, 1, 1)));
        Files.writeString(
                parent.resolve("run/metrics.jsonl"),
                Files.readString(parent.resolve("run/metrics.jsonl")) + "{\"epoch\":");

        assertThatThrownBy(run::metrics)
                .isInstanceOf(DropwiseException.class)
                .hasMessageStartingWith("file:" + parent + "/run/metrics.jsonl line 2: expected EpochReport as JSON");
    }

    private RunDirectory open(String name) {
        return new RunDirectory(parent.resolve(name).toString(), new Configuration());
    }

    private RunDirectory created(String name) {
        RunDirectory run = open(name);
        run.create();
        return run;
    }
}
