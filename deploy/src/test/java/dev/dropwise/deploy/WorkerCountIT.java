package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.run.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Worker-count invariance with real JVMs: four shards give the same training on one, two and four workers, bit for bit. */
@Timeout(900)
final class WorkerCountIT {
    private static final int SHARDS = 4;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"mlp:64", "mlp:64+bn"})
    void shouldTrainTheSameWhenFourShardsAreOnOneTwoOrFourWorkers(String model) {
        RunFiles one = train(model, 1);
        RunFiles two = train(model, 2);
        RunFiles four = train(model, 4);

        assertThat(one.parameterDigests()).hasSize(2).doesNotHaveDuplicates();
        assertThat(one.maskDigests()).hasSize(SHARDS).doesNotHaveDuplicates();
        for (RunFiles other : List.of(two, four)) {
            assertThat(other.parameterDigests()).isEqualTo(one.parameterDigests());
            assertThat(other.maskDigests()).isEqualTo(one.maskDigests());
            assertThat(scores(other)).isEqualTo(scores(one));
        }
        assertThat(transport(one)).isEqualTo("none");
        assertThat(transport(two)).isEqualTo("aeron:ipc");
        assertThat(transport(four)).isEqualTo("aeron:ipc");
    }

    private RunFiles train(String model, int workers) {
        RunFiles run = new RunFiles(directory.resolve(workers + "-workers"));
        double seconds = DropwiseProcess.dropwise("train", "--model", model, "--shards", Integer.toString(SHARDS))
                        .with("--workers", Integer.toString(workers))
                        .with("--train-limit", "1500", "--epochs", "2", "--batch-size", "32", "--seed", "11")
                        .with("--out", run.directory().toString())
                        .within(Duration.ofMinutes(5))
                        .run()
                        .orFail()
                        .took()
                        .toMillis()
                / 1e3;
        System.out.printf("%s on %d workers: %.1f s, pids %s%n", model, workers, seconds, run.workerPids());
        assertThat(run.workerPids()).hasSize(workers).doesNotHaveDuplicates();
        return run;
    }

    /** Sums in shard order: these, too, must not depend on who added them. */
    private static List<List<Double>> scores(RunFiles run) {
        return run.metrics().stream()
                .map(line -> List.of(
                        line.get("trainLoss").doubleValue(),
                        line.get("validationLoss").doubleValue(),
                        line.get("validationAccuracy").doubleValue()))
                .toList();
    }

    private static String transport(RunFiles run) {
        List<String> transports = run.metrics().stream()
                .map(line -> line.at("/exchange/transport"))
                .map(JsonNode::textValue)
                .distinct()
                .toList();
        assertThat(transports).hasSize(1);
        return transports.get(0);
    }
}
