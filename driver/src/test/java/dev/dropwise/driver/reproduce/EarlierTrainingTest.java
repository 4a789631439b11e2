package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocuments;
import dev.dropwise.worker.progress.EpochReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierTrainingTest {
    private static final EpochReport FIRST = RunDocuments.epoch(1, 0.5, 0.4, 0.90);
    private static final EpochReport SECOND = RunDocuments.epoch(2, 0.3, 0.3, 0.95);

    private RunDirectory directory;
    private EarlierTraining earlier;

    @BeforeEach
    void create(@TempDir Path temporary) {
        directory = new RunDirectory(temporary.resolve("run").toString(), new Configuration());
        directory.create();
        directory.write(List.of(FIRST, SECOND));
        earlier = new EarlierTraining(directory);
    }

    @Test
    void shouldTakeOverEpochsAndTestAccuracyWhenItWasTrainedByTheSameOptions() {
        directory.write(RunDocuments.succeeded());

        assertThat(earlier.finished(Map.of("data", "digits", "epochs", "10")))
                .contains(new Trained(List.of(FIRST, SECOND), 0.9786));
    }

    @Test
    void shouldTakeItOverWhereTheDirectoryWasMovedAndOtherWorkersAreAsked() {
        directory.write(RunDocuments.succeeded());

        assertThat(earlier.finished(Map.of("epochs", "10", "out", "/moved", "data-dir", "/mnt", "workers", "4")))
                .isPresent();
    }

    @Test
    void shouldNameTheOptionThatWasAnother() {
        directory.write(RunDocuments.succeeded());

        assertThatThrownBy(() -> earlier.finished(Map.of("data", "digits", "epochs", "12")))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining(
                        directory.path() + " was trained with --epochs 10, but the experiment expects 12; choose");
    }

    @Test
    void shouldFindNothingWhereNothingWasTrainedToTheEnd() {
        assertThat(earlier.finished(Map.of())).isEmpty();

        directory.write(RunDocuments.failedAtOnce("terminated"));

        assertThat(earlier.finished(Map.of("epochs", "10"))).isEmpty();
    }
}
