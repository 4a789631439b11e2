package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunDocuments;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.RunEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    private static final EpochReport FIRST = RunDocuments.epoch(1, 0.5, 0.4, 0.90);
    private static final EpochReport SECOND = RunDocuments.epoch(2, 0.3, 0.3, 0.95);

    private RunDirectory directory;
    private RunLog log;

    @BeforeEach
    void begin(@TempDir Path temporary) {
        directory = new RunDirectory(temporary.resolve("run").toString(), new Configuration());
        directory.create();
        log = new RunLog(directory, RunDocuments.succeeded(), "mlp:500", Optional.empty());
    }

    @Test
    void shouldWriteTheLineOfTheCheckpointsEpochWhenTheDriverThatHeardOfItDied() {
        log.resume(List.of(FIRST));

        log.on(met(2, SECOND));

        assertThat(directory.metrics()).containsExactly(FIRST, SECOND);
    }

    @Test
    void shouldKeepTheLineThatIsThereWhenTheCheckpointTellsItAgain() {
        EpochReport toldAgain = RunDocuments.epoch(1, 0.7, 0.7, 0.1);
        log.resume(List.of(FIRST));

        log.on(met(1, toldAgain));

        assertThat(directory.metrics()).containsExactly(FIRST);
    }

    @Test
    void shouldForgetEpochsThatHappenAgain() {
        log.resume(List.of(FIRST, SECOND));

        log.on(met(1, FIRST));

        assertThat(directory.metrics()).containsExactly(FIRST);
    }

    @Test
    void shouldLeaveAResultAloneWhenAResumptionFailsBeforeItStarts() {
        directory.write(RunDocuments.succeeded());
        RunLog resumed = resumed();

        resumed.begin();
        resumed.warned("slow");
        resumed.failed(DropwiseException.unavailable("no slots"));

        assertThat(resumed.isHeld()).isTrue();
        assertThat(directory.document()).contains(RunDocuments.succeeded());
    }

    @Test
    void shouldKeepOptionsAndAttemptsWhenAResumptionOfAnUnfinishedRunFailsBeforeItStarts() {
        directory.write(RunDocuments.succeeded().withFailure("terminated", 143));
        RunLog resumed = resumed();

        resumed.begin();
        resumed.failed(DropwiseException.unavailable("no slots"));

        assertThat(directory.document()).contains(RunDocuments.succeeded().withFailure("no slots", 69));
    }

    @Test
    void shouldTakeTheDirectoryOverWhenAResumptionStarts() {
        directory.write(RunDocuments.succeeded());
        RunLog resumed = resumed();

        resumed.begin();
        resumed.attempt(1, "onednn-avx2/Haswell/1");

        assertThat(resumed.isHeld()).isFalse();
        assertThat(directory.document().orElseThrow().status()).isEqualTo(RunDocument.Status.running);
    }

    private RunLog resumed() {
        RunDocument starting = RunDocument.starting(Map.of("epochs", "20"), 42, Map.of());
        return new RunLog(directory, starting, "mlp:500", directory.document());
    }

    @Test
    void shouldKeepEachWarningOnceInTheOrderTheyCame() {
        log.on(new RunEvent.Warned(1, 0, "b"));
        log.on(new RunEvent.Warned(1, 1, "a"));
        log.on(new RunEvent.Warned(2, 0, "b"));

        assertThat(directory.document().orElseThrow().warnings()).containsExactly("b", "a");
    }

    private static RunEvent.Met met(int startEpoch, EpochReport restored) {
        return new RunEvent.Met(2, List.of(), "plain/Generic/1", "aeron:ipc", 7, startEpoch, List.of(restored));
    }
}
