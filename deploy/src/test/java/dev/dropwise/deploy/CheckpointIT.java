package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on from a checkpoint, sound or damaged. */
@Timeout(300)
final class CheckpointIT {
    @TempDir
    private Path directory;

    @Test
    void shouldGoOnFromTheOneBeforeWhenTheNewestCheckpointIsCorrupt() throws IOException {
        RunFiles whole = new RunFiles(directory.resolve("whole"));
        train(whole, "--epochs", "4").orFail();
        RunFiles damaged = new RunFiles(directory.resolve("damaged"));
        train(damaged, "--epochs", "3").orFail();
        Path newest = damaged.file("checkpoints/epoch-00003.state");
        byte[] bytes = Files.readAllBytes(newest);
        bytes[bytes.length / 2] ^= 1;
        Files.write(newest, bytes);

        Outcome resumed = train(damaged, "--epochs", "4", "--resume").orFail();

        assertThat(resumed.err())
                .contains(
                        "checkpoint of epoch 3 passed over",
                        newest.getFileName().toString(),
                        "expected",
                        "found");
        assertThat(damaged.parameterDigests()).isEqualTo(whole.parameterDigests());
        assertThat(damaged.metrics().stream().map(line -> line.get("epoch").intValue()))
                .isEqualTo(List.of(1, 2, 3, 4));
        assertThat(damaged.document().at("/result/testLoss"))
                .isEqualTo(whole.document().at("/result/testLoss"));
    }

    @Test
    void shouldRefuseAndSayWhatDiffersWhenResumedWithAnotherConfiguration() {
        RunFiles run = new RunFiles(directory.resolve("run"));
        train(run, "--epochs", "1").orFail();

        Outcome resumed = train(run, "--epochs", "2", "--resume", "--learning-rate", "0.5");

        assertThat(resumed.exitStatus()).isEqualTo(78);
        assertThat(resumed.err()).contains("checkpoint of epoch 1", "another configuration", "run.json", "--out");
    }

    private static Outcome train(RunFiles run, String... options) {
        return DropwiseProcess.dropwise(
                        "train",
                        "--master",
                        "local[2]",
                        "--out",
                        run.directory().toString())
                .with("--model", "mlp:32", "--train-limit", "1000", "--seed", "3")
                .with(options)
                .run();
    }
}
