package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.storage.WholeFile;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.HdfsCluster;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.ImageFiles;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Data and run directory on a real HDFS, named by nothing but their URIs. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HdfsIT {
    private static final int EPOCHS = 20;
    private static final int KILLED_AFTER = 4;
    private static final int REPLACEMENTS = 120;
    private static final Duration REFUSED_WITHIN = Duration.ofSeconds(60);

    private Path directory;
    private HdfsCluster hdfs;
    private Path data;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        data = ImageFiles.mnist(directory.resolve("mnist")).directory();
        hdfs = HdfsCluster.start(directory.resolve("hdfs"));
        hdfs.put(data, "/mnist");
    }

    @AfterAll
    void stop() {
        hdfs.close();
    }

    @Test
    void shouldEndAsOnLocalFilesWhenTheDriverIsKilledAndTheRunResumedOnHdfs() {
        RunFiles local = new RunFiles(directory.resolve("local"));
        train(data.toString(), local.directory().toString())
                .with("--master", "local[2]")
                .run()
                .orFail();
        String out = hdfs.uri("/user/someone/run");

        try (DropwiseProcess killed = train(hdfs.uri("/mnist"), out).start()) {
            killed.awaitUntil("epoch " + KILLED_AFTER + " is done", () -> epochsDone() >= KILLED_AFTER);
            killed.kill();
            System.out.printf("killed driver pid=%d with its run on %s%n", killed.pid(), out);
        }
        assertThat(epochsDone()).as("killed in mid-run").isLessThan(EPOCHS);
        DropwiseProcess.dropwise("train", "--resume", "--trace", "--out", out)
                .run()
                .orFail();

        RunFiles run = new RunFiles(directory.resolve("copy"));
        hdfs.get("/user/someone/run", run.directory());
        assertThat(run.document().get("status").textValue()).isEqualTo("succeeded");
        assertEndsAs(local, run);
        assertThat(run.text("report.html")).contains("</html>");
        assertThat(run.trace().processes()).hasSize(2);
        assertThat(run.trace().unmet(0, 1)).isEmpty();
        assertNothingButTheFilesOfARun(run);
        assertEvaluatesAsTrained(run, out);
    }

    /** An epoch whose checkpoint was written when the driver was dead, or nearly so, has no line in {@code metrics.jsonl}. */
    private static void assertEndsAs(RunFiles local, RunFiles run) {
        List<String> digests = run.parameterDigests();
        assertThat(local.parameterDigests()).hasSize(EPOCHS).containsSubsequence(digests);
        assertThat(digests)
                .hasSizeGreaterThan(KILLED_AFTER)
                .endsWith(local.parameterDigests().get(EPOCHS - 1));
        for (String score : List.of("testAccuracy", "testLoss", "validationAccuracy", "bestEpoch")) {
            assertThat(run.document().at("/result/" + score))
                    .as(score)
                    .isEqualTo(local.document().at("/result/" + score));
        }
    }

    private int epochsDone() {
        return hdfs.lines("/user/someone/run/metrics.jsonl");
    }

    /** The last two checkpoints, and of each of the two the best of its time. */
    private void assertNothingButTheFilesOfARun(RunFiles run) {
        List<String> files = hdfs.list("/user/someone/run");
        assertThat(files)
                .contains("run.json", "metrics.jsonl", "model.zip", "report.html", "trace.json", "checkpoints/newest");
        assertThat(files.stream().filter(name -> !name.startsWith("checkpoints/")))
                .hasSize(5);
        assertThat(files.stream().filter(name -> name.startsWith("checkpoints/")))
                .allMatch(name -> name.matches("checkpoints/(newest|epoch-\\d{5}\\.(state|manifest))"))
                .hasSizeLessThanOrEqualTo(1 + 4 * 2);
        assertThat(run.text("checkpoints/newest")).isEqualTo("dropwise-newest epoch=" + EPOCHS + "\n");
    }

    private void assertEvaluatesAsTrained(RunFiles run, String out) {
        Outcome evaluated = DropwiseProcess.dropwise("evaluate", "--master", "local[2]", "--run", out)
                .with("--data", "mnist", "--data-dir", hdfs.uri("/mnist"))
                .run()
                .orFail();
        assertThat(evaluated.stdout().stream().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "test accuracy "
                                + run.document().at("/result/testAccuracy").asText(),
                        "test loss " + run.document().at("/result/testLoss").asText());
    }

    /** Its blocks are taken away from under who reads it. */
    @Test
    void shouldReadAWholeFileWhenItIsReplacedAgainAndAgain() {
        WholeFile file = new WholeFile(new org.apache.hadoop.fs.Path(hdfs.uri("/replaced")), new Configuration());
        file.replace(filledWith(0));
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int version = 1; version <= REPLACEMENTS; version++) {
                file.replace(filledWith(version));
            }
        });

        Set<Byte> versions = new HashSet<>();
        while (!writer.isDone()) {
            byte[] seen = file.read().orElseThrow();
            assertThat(seen).isEqualTo(filledWith(seen[0]));
            versions.add(seen[0]);
        }

        assertThat(writer).isCompleted();
        System.out.printf("of %d replacements on HDFS saw %d%n", REPLACEMENTS, versions.size());
        assertThat(versions).as("replaced while being read").hasSizeGreaterThan(REPLACEMENTS / 10);
    }

    private static byte[] filledWith(int version) {
        byte[] content = new byte[100_000];
        Arrays.fill(content, (byte) version);
        return content;
    }

    @Test
    void shouldNameTheAddressWithinAMinuteWhenNoNameNodeIsThere() {
        int port = closedPort();

        Outcome outcome =
                train(data.toString(), "hdfs://localhost:" + port + "/run").run();

        System.out.printf("no name node: refused after %.1f s%n", outcome.took().toMillis() / 1e3);
        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(74);
        assertThat(outcome.err())
                .contains("run directory hdfs://localhost:" + port + "/run cannot be created", "Connection refused")
                .contains("check the address and that what serves it", "name node")
                .doesNotContain("\tat ");
        assertThat(outcome.took()).isLessThan(REFUSED_WITHIN);
    }

    @Test
    void shouldNameTheUserWhenHdfsDeniesPermission() throws IOException {
        org.apache.hadoop.fs.Path theirs = new org.apache.hadoop.fs.Path("/private");
        hdfs.files().mkdirs(theirs, new FsPermission("700"));

        Outcome outcome = train(data.toString(), hdfs.uri("/private/run"))
                .environment("HADOOP_USER_NAME", "stranger")
                .run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(74);
        assertThat(outcome.err())
                .contains(hdfs.uri("/private/run"), "Permission denied: user=stranger", "HADOOP_USER_NAME")
                .doesNotContain("\tat ");
    }

    @Test
    void shouldNameThePathWhenAFileIsInTheWay() throws IOException {
        hdfs.files().create(new org.apache.hadoop.fs.Path("/file")).close();

        Outcome outcome = train(data.toString(), hdfs.uri("/file")).run();

        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(74);
        assertThat(outcome.err())
                .contains("run directory " + hdfs.uri("/file") + " cannot be created", "choose an --out")
                .doesNotContain("\tat ");
    }

    private static DropwiseProcess.Builder train(String data, String out) {
        return DropwiseProcess.dropwise("train", "--data", "mnist", "--data-dir", data, "--out", out)
                .with("--model", "mlp:256", "--epochs", Integer.toString(EPOCHS))
                .with("--batch-size", "4", "--validation", "20", "--seed", "11")
                .within(Duration.ofMinutes(4));
    }

    /** Where nobody listens. */
    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
