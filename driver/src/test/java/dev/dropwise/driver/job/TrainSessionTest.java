package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.checkpoint.CheckpointStore;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.checkpoint.TrainingState;
import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.report.ReportPage;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.driver.run.RunDocuments;
import dev.dropwise.worker.progress.RunEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused before Spark is asked for anything: no master is named here, so a context could not even start. */
class TrainSessionTest {
    @TempDir
    private Path out;

    private RunDirectory directory;
    private TrainSession session;

    @BeforeEach
    void open() {
        directory = new RunDirectory(out.toString(), new Configuration());
        session = new TrainSession(out.toString(), new Configuration(), Map.of());
    }

    @Test
    void shouldRefuseToGoOnWithOtherDataAndLeaveTheRunAsItWas() {
        directory.write(RunDocuments.succeeded());

        assertThatThrownBy(() -> session.run(request(), new JobWatch(new Deaf(), Interruption.never())))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("was trained on data digits with fingerprint 3f2a, found digits with sha256:")
                .hasMessageContaining("--out");

        assertThat(directory.document()).contains(RunDocuments.succeeded());
        assertThat(out.resolve("report.html")).doesNotExist();
        assertThat(out.resolve(".driver")).doesNotExist();
    }

    @Test
    void shouldLeaveARunThatIsDoneAsItIsWhenItIsResumed() throws IOException {
        // given: its best checkpoint is not even there any more
        directory.write(RunDocuments.succeeded());
        Files.writeString(out.resolve("model.zip"), "the best");
        checkpoint(new Position(1, 10, 1, 0.9, 0.1));
        Deaf listener = new Deaf();

        // when
        RunDocument ended = session.run(request(), new JobWatch(listener, Interruption.never()));

        // then
        assertThat(listener.alreadyDone).isTrue();
        assertThat(ended).isEqualTo(RunDocuments.succeeded());
        assertThat(directory.document()).contains(RunDocuments.succeeded());
        assertThat(out.resolve("model.zip")).hasContent("the best");
        assertThat(out.resolve(".driver")).doesNotExist();
    }

    @Test
    void shouldWriteTheReportOfARunThatIsDoneWhenItIsMissingOrThatOfAnEarlierProcess() throws IOException {
        directory.write(RunDocuments.succeeded());
        Files.writeString(out.resolve("model.zip"), "the best");
        checkpoint(new Position(1, 10, 1, 0.9, 0.1));
        Path report = out.resolve("report.html");
        String expected = new ReportPage().html(RunDocuments.succeeded(), List.of());

        session.run(request(), new JobWatch(new Deaf(), Interruption.never()));
        assertThat(report).content().isEqualTo(expected);

        Files.writeString(report, "failed");
        session.run(request(), new JobWatch(new Deaf(), Interruption.never()));
        assertThat(report).content().isEqualTo(expected);

        FileTime written = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(report, written);
        session.run(request(), new JobWatch(new Deaf(), Interruption.never()));
        assertThat(Files.getLastModifiedTime(report)).isEqualTo(written);
    }

    @Test
    void shouldNotTakeARunForDoneWhenItsModelIsGone() {
        directory.write(RunDocuments.succeeded());
        checkpoint(new Position(1, 10, 1, 0.9, 0.1));

        // It goes on as far as it can here: to data that is not the run's.
        assertThatThrownBy(() -> session.run(request(), new JobWatch(new Deaf(), Interruption.never())))
                .hasMessageContaining("was trained on data digits with fingerprint 3f2a");
    }

    private void checkpoint(Position position) {
        new CheckpointStore(
                        new org.apache.hadoop.fs.Path(out.toString(), "checkpoints"),
                        new Configuration(),
                        warning -> {})
                .write(new TrainingState(
                        position, request().config().digest(), "any", new float[1], new float[0], new byte[0]));
    }

    @Test
    void shouldKeepTheOptionsOfARunThatHasNotStartedYetWhenLaterOnesAreRefused() {
        RunDocument waiting = RunDocument.starting(Map.of("epochs", "10"), 1, Map.of());
        directory.write(waiting);

        session.refused(DropwiseException.configuration("seal 'maybe' is unknown"));

        assertThat(directory.document()).contains(waiting);
    }

    @Test
    void shouldSayInANewDirectoryWhyItsRunWasRefused() {
        session.refused(DropwiseException.configuration("seal 'maybe' is unknown"));

        assertThat(directory.document().orElseThrow().error()).isEqualTo("seal 'maybe' is unknown");
        assertThat(Files.exists(out.resolve("run.json"))).isTrue();
    }

    private static TrainRequest request() {
        TrainConfig config = new TrainConfig(
                new DataConfig("digits", "", new Holdout(100, 0), 0),
                new ModelConfig("mlp:10", Activation.RELU, DropoutSpec.NONE, DropoutSpec.NONE, Regularisation.NONE),
                new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-3, 0.9),
                new ScheduleConfig(1, 64, 2, 0, ExchangeMode.GRADIENTS),
                1);
        return new TrainRequest(config, 2, 2, 1, "auto", SealMode.AUTO, true, false, Map.of());
    }

    private static final class Deaf implements JobListener {
        private boolean alreadyDone;

        @Override
        public void alreadyDone() {
            alreadyDone = true;
        }

        @Override
        public void on(RunEvent event) {}

        @Override
        public void attemptFailed(int attempt, int of, DropwiseException cause, boolean again) {}
    }
}
