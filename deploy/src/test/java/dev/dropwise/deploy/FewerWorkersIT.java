package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Signal;
import dev.dropwise.deploy.process.StandaloneCluster;
import dev.dropwise.deploy.run.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is lost for good, where {@code --min-workers} allows fewer. */
@Timeout(400)
final class FewerWorkersIT {
    private static final String[] TRAIN = {
        "train",
        "--model",
        "mlp:512",
        "--train-limit",
        "6000",
        "--epochs",
        "4",
        "--batch-size",
        "16",
        "--seed",
        "13",
        "--shards",
        "2"
    };
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    @Test
    void shouldTrainTheSameOnTheRestWhenAWorkerIsLostForGood() {
        RunFiles undisturbed = new RunFiles(directory.resolve("undisturbed"));
        RunFiles run = new RunFiles(directory.resolve("run"));
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
            train(cluster, undisturbed).run().orFail();
            try (DropwiseProcess job =
                    train(cluster, run).with("--min-workers", "1").start()) {
                job.awaitUntil("the first epoch is done", () -> !run.metrics().isEmpty());
                long executor = run.workerPids().get(1);
                long worker = ProcessHandle.of(executor)
                        .flatMap(ProcessHandle::parent)
                        .orElseThrow()
                        .pid();
                Signal.KILL.send(worker);
                Signal.KILL.send(executor);
                System.out.printf("killed worker pid=%d and its executor pid=%d%n", worker, executor);
                job.awaitErr("attempt 1 of \\d+ failed: .*rank 1 .*");
                job.await().orFail();
            }
        }

        assertThat(run.document().get("attempts").intValue()).isEqualTo(2);
        assertThat(run.workerPids()).hasSize(1);
        assertThat(run.parameterDigests()).hasSize(4).isEqualTo(undisturbed.parameterDigests());
        assertThat(run.maskDigests()).hasSize(2).doesNotHaveDuplicates();
    }

    private static DropwiseProcess.Builder train(StandaloneCluster cluster, RunFiles run) {
        return DropwiseProcess.dropwise(TRAIN)
                .with("--master", cluster.masterUrl(), "--workers", "2")
                .with("--out", run.directory().toString())
                .within(DEADLINE);
    }
}
