package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.StandaloneCluster;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One training, bit for bit, on every kind of Spark that a single machine offers. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SameEverywhereIT {
    private static final String[] TRAIN = {
        "train", "--model", "mlp:64", "--train-limit", "2000", "--epochs", "3", "--batch-size", "32", "--seed", "7"
    };

    private Path directory;
    private RunFiles embedded;

    @BeforeAll
    void trainOnTheEmbeddedCluster(@TempDir Path temporary) {
        directory = temporary;
        embedded = new RunFiles(directory.resolve("embedded"));
        run(DropwiseProcess.dropwise(TRAIN), embedded);
        assertThat(embedded.parameterDigests()).hasSize(3).doesNotHaveDuplicates();
        assertThat(embedded.workerPids()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void shouldTrainTheSameWhenTheCommandIsRepeated() throws IOException {
        RunFiles again = new RunFiles(directory.resolve("again"));

        run(DropwiseProcess.dropwise(TRAIN), again);

        assertSame(again);
    }

    @Test
    void shouldTrainTheSameWithNativeJarsShippedWhenSubmittedToAStandaloneCluster() throws IOException {
        RunFiles standalone = new RunFiles(directory.resolve("standalone"));
        try (StandaloneCluster cluster = StandaloneCluster.start(directory.resolve("cluster"), 2)) {
            long driver = run(DropwiseProcess.sparkSubmit(cluster.masterUrl(), TRAIN), standalone);

            assertThat(standalone.document().at("/spark/master").textValue()).isEqualTo(cluster.masterUrl());
            assertThat(standalone.workerPids())
                    .hasSize(2)
                    .doesNotHaveDuplicates()
                    .doesNotContain(driver);
            List<ProcessHandle> daemons = cluster.alive();
            assertThat(cluster.stop().orFail().out()).isEmpty();
            assertThat(daemons).hasSizeGreaterThanOrEqualTo(3).noneMatch(ProcessHandle::isAlive);
        }

        assertSame(standalone);
    }

    @Test
    void shouldTrainTheSameInOneJvmWhenTheMasterIsLocal() throws IOException {
        RunFiles local = new RunFiles(directory.resolve("local"));

        long driver = run(DropwiseProcess.sparkSubmit("local[2]", TRAIN), local);

        assertThat(local.workerPids()).hasSize(2).containsOnly(driver);
        assertSame(local);
    }

    @Test
    void shouldTrainTheSameWithSealedFramesWhenSparkAuthenticatesItself() throws IOException {
        Path conf = Files.createDirectory(directory.resolve("conf"));
        Files.writeString(conf.resolve("spark-defaults.conf"), """
                spark.authenticate true
                spark.authenticate.secret of-the-cluster
                spark.network.crypto.enabled true
                """);
        RunFiles sealed = new RunFiles(directory.resolve("sealed"));

        run(DropwiseProcess.dropwise(TRAIN).environment("SPARK_CONF_DIR", conf.toString()), sealed);

        assertThat(sealed.metrics().get(0).at("/exchange/transport").textValue())
                .isEqualTo("aeron:ipc sealed");
        assertSame(sealed);
    }

    private void assertSame(RunFiles other) throws IOException {
        assertThat(other.document().get("kernelClass"))
                .isEqualTo(embedded.document().get("kernelClass"));
        assertThat(other.parameterDigests()).isEqualTo(embedded.parameterDigests());
        assertThat(other.maskDigests()).isEqualTo(embedded.maskDigests());
        assertThat(other.document().at("/result/testLoss"))
                .isEqualTo(embedded.document().at("/result/testLoss"));
        assertThat(Files.mismatch(other.file("model.zip"), embedded.file("model.zip")))
                .as("first byte in which the models differ")
                .isEqualTo(-1);
    }

    private static long run(DropwiseProcess.Builder train, RunFiles run) {
        try (DropwiseProcess process = train.with("--out", run.directory().toString())
                .within(Duration.ofMinutes(5))
                .start()) {
            System.out.printf(
                    "%s: %.1f s%n",
                    run.directory().getFileName(),
                    process.await().orFail().took().toMillis() / 1e3);
            await().atMost(Duration.ofSeconds(10)).until(() -> process.alive().isEmpty());
            return process.pid();
        }
    }
}
