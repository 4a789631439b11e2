package dev.dropwise.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import dev.dropwise.worker.scoring.TrainedRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TrainedRunsTest {
    private static final RunDocument.Result RESULT = new RunDocument.Result(0.9, 0.3, 0.9, 3, 1000, 10);

    @TempDir
    Path parent;

    @Test
    void shouldTellWhatTheRunWasTrainedWithWhenItsOptionsAreRead() {
        // given
        List<String> typed = List.of(
                "--model=lenet",
                "--dropout=dropblock:0.1,block=5",
                "--augment=shift:2,flip",
                "--seed=9",
                "--shards=4",
                "--data-dir=");
        TrainConfig trained = CommandLine.populateCommand(new TrainOptions(), typed.toArray(String[]::new))
                .config(2, new Configuration());
        Map<String, String> recorded = Map.of(
                "model", "lenet",
                "dropout", "dropblock:0.1,block=5",
                "augment", "shift:2,flip",
                "seed", "9",
                "shards", "4",
                "workers", "2",
                "seal", "auto",
                "data-dir", "",
                "out", "/runs/1");
        RunDirectory directory = directory(recorded, true);

        // when
        TrainedRun found = TrainedRuns.of(directory, new Configuration());

        // then
        assertThat(found).isEqualTo(new TrainedRun(directory.path(), trained, 3));
        assertThat(found.config().digest()).isEqualTo(trained.digest());
        assertThat(found.requireDropout()).isSameAs(found);
    }

    @Test
    void shouldTellTheSameWhenTheRunIsOlderThanAnOption() {
        TrainedRun found = TrainedRuns.of(directory(Map.of("shards", "2"), true), new Configuration());

        assertThat(found.config())
                .isEqualTo(CommandLine.populateCommand(new TrainOptions()).config(2, new Configuration()));
    }

    @Test
    void shouldRefuseWhenRunJsonTellsNoResultOrNonsense() {
        assertThatThrownBy(() -> TrainedRuns.of(directory(Map.of("shards", "2"), false), new Configuration()))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContaining("found no result");
        assertThatThrownBy(() -> TrainedRuns.of(directory(Map.of("epochs", "many"), true), new Configuration()))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContainingAll("--epochs", "many");
    }

    @Test
    void shouldTakeTheSeedOfTheRunWhenNoneIsGiven() {
        RunDirectory directory = directory(Map.of(), true);

        assertThat(options("--monte-carlo", "20").request(directory)).contains(new MonteCarlo(20, 42));
        assertThat(options("--monte-carlo", "20", "--seed", "7").request(directory))
                .contains(new MonteCarlo(20, 7));
        assertThat(options().request(directory)).isEmpty();
        for (MonteCarloOptions wrong : List.of(options("--monte-carlo", "0"), options("--seed", "7"))) {
            assertThatThrownBy(() -> wrong.request(directory))
                    .isInstanceOfSatisfying(
                            DropwiseException.class,
                            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                    .hasMessageContaining("--monte-carlo");
        }
    }

    private static MonteCarloOptions options(String... arguments) {
        return CommandLine.populateCommand(new MonteCarloOptions(), arguments);
    }

    private RunDirectory directory(Map<String, String> config, boolean done) {
        RunDirectory directory = new RunDirectory(parent.resolve("run").toString(), new Configuration());
        directory.create();
        RunDocument starting = RunDocument.starting(config, 42, Map.of());
        directory.write(done ? starting.withResult(RESULT) : starting);
        return directory;
    }
}
