package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application trains on every kind of Spark that one machine offers, to the same bits. */
@Timeout(600)
final class TrainEverywhereIT {
    private static final String[] TRAIN = {
        "train", "--data", "digits", "--train-limit", "512", "--validation", "128", "--model", "mlp:16", "--epochs", "2"
    };

    @TempDir
    private static Path directory;

    private static long embeddedPid;
    private static List<ProcessHandle> leftOver = List.of();

    @BeforeAll
    static void trainOnTheEmbeddedCluster() {
        try (DropwiseProcess train = DropwiseProcess.dropwise(TRAIN)
                .with("--out", run("embedded").toString())
                .start()) {
            train.await().orFail();
            embeddedPid = train.pid();
            leftOver = train.alive();
        }
    }

    @Test
    void shouldUseOneExecutorJvmPerWorkerAndLeaveNoneWhenTheClusterIsEmbedded() throws IOException {
        assertThat(workerPids("embedded")).hasSize(2).doesNotHaveDuplicates().doesNotContain(embeddedPid);
        assertThat(leftOver).isEmpty();
    }

    @Test
    void shouldTrainToTheSameBitsWhenSubmittedToAStandaloneClusterWithoutFurtherFlags() throws IOException {
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
            DropwiseProcess.sparkSubmit(cluster.masterUrl(), TRAIN)
                    .with("--out", run("standalone").toString())
                    .run()
                    .orFail();

            assertThat(workerPids("standalone")).hasSize(2).doesNotHaveDuplicates();
            assertThat(digests("standalone")).hasSize(2).isEqualTo(digests("embedded"));
            List<ProcessHandle> started = cluster.alive();
            cluster.stop().orFail();
            assertThat(started).hasSizeGreaterThanOrEqualTo(3).noneMatch(ProcessHandle::isAlive);
        }
    }

    @Test
    void shouldTrainToTheSameBitsInsideTheDriverWhenTheMasterIsLocal() throws IOException {
        try (DropwiseProcess train = DropwiseProcess.sparkSubmit("local[2]", TRAIN)
                .with("--out", run("local").toString())
                .start()) {
            train.await().orFail();

            assertThat(workerPids("local"))
                    .as("the scripts became the JVM, so signals reach it")
                    .containsExactly(train.pid(), train.pid());
            assertThat(digests("local")).hasSize(2).isEqualTo(digests("embedded"));
        }
    }

    private static Path run(String name) {
        return directory.resolve(name);
    }

    private static List<Long> workerPids(String name) throws IOException {
        JsonNode workers = new ObjectMapper()
                .readTree(run(name).resolve("run.json").toFile())
                .get("workers");
        return StreamSupport.stream(workers.spliterator(), false)
                .map(worker -> worker.get("pid").asLong())
                .toList();
    }

    private static List<String> digests(String name) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (var lines = Files.lines(run(name).resolve("metrics.jsonl"))) {
            return lines.map(line -> {
                        try {
                            return json.readTree(line).get("parameterDigest").asText();
                        } catch (IOException e) {
                            throw new AssertionError("no JSON: " + line, e);
                        }
                    })
                    .toList();
        }
    }
}
