package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.TinyDisk;
import dev.dropwise.deploy.run.RunFiles;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run directory on a disk that fills up in mid-run. */
@Timeout(300)
final class FullDiskIT {
    private static final int EPOCHS = 4;
    /** Room for two checkpoints of 4.6 MB and what belongs to a run, not for three. */
    private static final int TOO_SMALL_MB = 11;

    @TempDir
    private Path directory;

    @Test
    void shouldSayWhatDidNotFitAndGoOnFromTheCheckpointBeforeWhenThereIsRoomAgain() {
        TinyDisk.missing().ifPresent(why -> assumeTrue(false, why));
        RunFiles undisturbed = new RunFiles(directory.resolve("undisturbed"));
        train(undisturbed.directory().toString()).run().orFail();
        try (TinyDisk disk = TinyDisk.mounted(directory, TOO_SMALL_MB)) {
            String out = directory.resolve("run").toString();
            RunFiles run = new RunFiles(disk.fromOutside().resolve("run"));

            Outcome full = disk.seeing(train(out)).run();

            System.out.printf(
                    "disk of %d MB: %s%n", TOO_SMALL_MB, run.document().get("error"));
            assertThat(full.exitStatus()).as(full::toString).isEqualTo(74);
            assertThat(full.err())
                    .containsPattern("write file:" + out
                            + "/checkpoints/epoch-00003.state \\(\\d{7} bytes, \\d+ bytes free\\): ")
                    .contains("No space left on device", "free space", "--resume")
                    .doesNotContain("\tat ");
            assertThat(run.document().get("status").textValue()).isEqualTo("failed");
            assertThat(run.document().get("exitCode").intValue()).isEqualTo(74);
            assertThat(run.contents().keySet())
                    .contains("checkpoints/epoch-00002.state", "checkpoints/epoch-00002.manifest")
                    .noneMatch(name -> name.endsWith(".new"));

            disk.resize(8 * TOO_SMALL_MB);
            disk.seeing(DropwiseProcess.dropwise("train", "--resume", "--master", "local[2]", "--out", out))
                    .run()
                    .orFail();

            assertThat(run.parameterDigests()).hasSize(EPOCHS).isEqualTo(undisturbed.parameterDigests());
            assertThat(run.document().get("status").textValue()).isEqualTo("succeeded");
        }
    }

    private static DropwiseProcess.Builder train(String out) {
        return DropwiseProcess.dropwise("train", "--master", "local[2]", "--out", out)
                .with("--model", "mlp:500", "--train-limit", "1000", "--seed", "3")
                .with("--epochs", Integer.toString(EPOCHS));
    }
}
