package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.Split;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.ImageFiles;
import dev.dropwise.deploy.run.RunFiles;
import dev.dropwise.deploy.stock.StockJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command with its defaults on two executor JVMs: what it leaves behind, and what can be done with that. */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TrainOnDigitsIT {
    private static final int EPOCHS = 10;

    private Path directory;
    private RunFiles run;
    private Outcome trained;
    private long driverPid;
    private Set<Long> executorsSeen;

    @BeforeAll
    void train(@TempDir Path temporary) {
        directory = temporary;
        run = new RunFiles(directory.resolve("run"));
        try (DropwiseProcess process = DropwiseProcess.dropwise(
                        "train", "--out", run.directory().toString())
                .within(Duration.ofMinutes(5))
                .start()) {
            driverPid = process.pid();
            process.awaitUntil(
                    "run.json names the workers", () -> !run.workerPids().isEmpty());
            executorsSeen = new HashSet<>();
            process.alive().forEach(each -> executorsSeen.add(each.pid()));
            trained = process.await().orFail();
            await().atMost(Duration.ofSeconds(10)).until(() -> process.alive().isEmpty());
        }
        System.out.printf(
                "train on digits: %.1f s, result %s%n",
                trained.took().toMillis() / 1e3, run.document().get("result"));
    }

    @Test
    void shouldReach97PercentWithinTwoMinutesWhenNothingIsConfigured() {
        assertThat(run.document().at("/result/testAccuracy").doubleValue()).isGreaterThanOrEqualTo(0.97);
        assertThat(trained.took()).isLessThan(Duration.ofMinutes(2));
    }

    @Test
    void shouldTrainInTwoExecutorJvmsWhenNothingIsConfigured() {
        assertThat(run.workerPids()).hasSize(2).doesNotHaveDuplicates().doesNotContain(driverPid);
        assertThat(executorsSeen).containsAll(run.workerPids());
    }

    @Test
    void shouldSayWhatWasAskedAndWhereItRanWhenRunJsonIsRead() {
        JsonNode document = run.document();

        assertThat(document.get("status").textValue()).isEqualTo("succeeded");
        assertThat(document.has("error")).isFalse();
        assertThat(document.get("seed").longValue()).isEqualTo(1);
        assertThat(document.get("attempts").intValue()).isEqualTo(1);
        assertThat(text(document.get("config")))
                .containsAllEntriesOf(Map.of(
                        "data", "digits",
                        "model", "mlp:500",
                        "workers", "2",
                        "shards", "2",
                        "epochs", Integer.toString(EPOCHS),
                        "dropout", "inverted:0.5",
                        "input-dropout", "none",
                        "exchange", "gradients",
                        "seed", "1",
                        "updater", "adam"))
                .containsKeys(
                        "data-dir",
                        "min-workers",
                        "batch-size",
                        "learning-rate",
                        "momentum",
                        "l1",
                        "l2",
                        "max-norm",
                        "activation",
                        "train-limit",
                        "validation",
                        "early-stopping",
                        "out");
        assertThat(text(document.get("versions"))).containsKeys("dropwise", "spark", "deeplearning4j", "aeron", "java");
        assertThat(document.at("/versions/spark").textValue()).isEqualTo("4.1.0");
        assertThat(document.get("kernelClass").textValue()).matches("onednn\\S*/\\w+/1");
        assertThat(document.at("/data/name").textValue()).isEqualTo("digits");
        assertThat(document.at("/data/train").intValue()).isEqualTo(10_800);
        assertThat(document.at("/data/validation").intValue()).isEqualTo(1_200);
        assertThat(document.at("/data/test").intValue()).isEqualTo(2_000);
        assertThat(document.at("/data/fingerprint").textValue()).matches("sha256:[0-9a-f]{64}");
        assertThat(document.at("/spark/applicationId").textValue()).isNotBlank();
        assertThat(document.at("/spark/master").textValue()).startsWith("local-cluster[2,1,");
        assertThat(document.at("/model/name").textValue()).isEqualTo("mlp:500");
        assertThat(document.at("/model/parameters").longValue()).isEqualTo(784 * 500 + 500 + 500 * 10 + 10);
    }

    @Test
    void shouldNameEveryWorkerWithItsShardAndAMaskStreamOfItsOwnWhenRunJsonIsRead() {
        JsonNode workers = run.document().get("workers");

        assertThat(workers).hasSize(2);
        for (int rank = 0; rank < 2; rank++) {
            assertThat(workers.get(rank).get("rank").intValue()).isEqualTo(rank);
            assertThat(workers.get(rank).get("host").textValue()).isNotBlank();
            assertThat(workers.get(rank).get("shards")).hasToString("[" + rank + "]");
            assertThat(workers.get(rank).at("/maskDigests/0").textValue()).matches("[0-9a-f]{64}");
        }
        assertThat(run.maskDigests()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void shouldHoldTheResultWhenRunJsonIsRead() {
        JsonNode result = run.document().get("result");

        assertThat(result.get("testLoss").doubleValue()).isBetween(1e-3, 0.2);
        assertThat(result.get("validationAccuracy").doubleValue()).isGreaterThan(0.96);
        assertThat(result.get("bestEpoch").intValue()).isBetween(1, EPOCHS);
        assertThat(result.get("samplesPerSecond").doubleValue()).isPositive();
        assertThat(result.get("wallSeconds").doubleValue())
                .isBetween(1.0, trained.took().toMillis() / 1e3);
        double best = run.metrics().stream()
                .mapToDouble(line -> line.get("validationAccuracy").doubleValue())
                .max()
                .orElseThrow();
        assertThat(result.get("validationAccuracy").doubleValue()).isEqualTo(best);
    }

    @Test
    void shouldHoldALineAnEpochWhenMetricsAreRead() {
        List<JsonNode> lines = run.metrics();

        assertThat(lines).hasSize(EPOCHS);
        int steps = lines.get(0).get("step").intValue();
        assertThat(steps).isEqualTo((5_400 + 63) / 64);
        for (int i = 0; i < EPOCHS; i++) {
            JsonNode line = lines.get(i);
            assertThat(line.get("epoch").intValue()).isEqualTo(i + 1);
            assertThat(line.get("step").longValue()).isEqualTo((long) steps * (i + 1));
            assertThat(line.get("trainLoss").doubleValue()).isBetween(1e-3, 3.0);
            assertThat(line.get("validationLoss").doubleValue()).isBetween(1e-3, 3.0);
            assertThat(line.get("validationAccuracy").doubleValue()).isBetween(0.5, 1.0);
            assertThat(line.get("samplesPerSecond").doubleValue()).isPositive();
            assertThat(line.at("/seconds/compute").doubleValue()).isPositive();
            assertThat(line.at("/seconds/exchange").doubleValue()).isPositive();
            assertThat(line.at("/seconds/wait").doubleValue()).isNotNegative();
            assertThat(line.at("/seconds/evaluate").doubleValue()).isPositive();
            // Every step moves half of the gradient out and half of the sum.
            assertThat(line.at("/exchange/bytes").longValue()).isGreaterThanOrEqualTo(steps * 397_510L * Float.BYTES);
            assertThat(line.at("/exchange/rounds").longValue()).isGreaterThanOrEqualTo(steps);
            assertThat(line.at("/exchange/transport").textValue()).isEqualTo("aeron:ipc");
            assertThat(line.get("parameterDigest").textValue()).matches("[0-9a-f]{64}");
        }
        assertThat(run.parameterDigests()).doesNotHaveDuplicates();
    }

    @Test
    void shouldKeepTheLastTwoCheckpointsAndTheBestOfEachWhenDone() throws IOException {
        String manifest = run.text(String.format("checkpoints/epoch-%05d.manifest", EPOCHS - 1));
        Set<Integer> epochs = new HashSet<>(List.of(
                EPOCHS - 1,
                EPOCHS,
                run.document().at("/result/bestEpoch").intValue(),
                Integer.parseInt(manifest.replaceAll("(?s).* best=(\\d+) .*", "$1"))));

        try (Stream<Path> files = Files.list(run.file("checkpoints"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("newest")))
                    .containsExactlyInAnyOrderElementsOf(epochs.stream()
                            .flatMap(epoch -> Stream.of("state", "manifest")
                                    .map(suffix -> String.format("epoch-%05d.%s", epoch, suffix)))
                            .toList());
        }
    }

    @Test
    void shouldLeaveAReportThatNeedsNothingBesideItWhenDone() {
        String page = run.text("report.html");

        assertThat(page).contains("<svg", "mlp:500", "inverted:0.5");
        run.workerPids().forEach(pid -> assertThat(page).contains(Long.toString(pid)));
        assertThat(page)
                .doesNotContainPattern("(src|href)\\s*=\\s*[\"'](?!#|data:)")
                .doesNotContain("@import", "url(");
    }

    @Test
    void shouldShowOneLineAnEpochAndAResultWhenNobodyWatchesOnATerminal() {
        String shown = trained.out() + trained.err();

        assertThat(shown).doesNotContain("\u001b[");
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            assertThat(shown).containsPattern("(?m)^epoch +" + epoch + "\\b");
        }
        assertThat(trained.out()).containsPattern("(?m)^Test accuracy +\\d\\d\\.\\d+ %$");
    }

    @Test
    void shouldScoreTheSameBitsWhenEvaluatedTwice() {
        List<String> first = evaluate();
        List<String> second = evaluate();

        assertThat(second).isEqualTo(first);
        assertThat(first)
                .anyMatch(line -> line.matches("test accuracy +"
                        + run.document().at("/result/testAccuracy").doubleValue()))
                .anyMatch(line -> line.matches(
                        "test loss +" + run.document().at("/result/testLoss").doubleValue()));
    }

    private List<String> evaluate() {
        return DropwiseProcess.dropwise("evaluate", "--run", run.directory().toString(), "--data", "digits")
                .run()
                .orFail()
                .stdout();
    }

    @Test
    void shouldPredictAsStockDeeplearning4jDoesWhenGivenTheTestImages() throws IOException {
        Examples test = DataSets.open(new DataConfig("digits", "", Holdout.parse("0"), 0), new Configuration(false))
                .read(Split.TEST, IntStream.range(0, 2_000).toArray());
        Path images = Files.write(directory.resolve("digits-idx3-ubyte"), ImageFiles.images(test.pixels(), 28, 28));
        Path csv = directory.resolve("predictions.csv");

        DropwiseProcess.dropwise("predict", "--run", run.directory().toString())
                .with("--input", images.toString(), "--output", csv.toString())
                .run()
                .orFail();

        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(2_001).first().isEqualTo("index,label,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9");
        List<double[]> rows =
                lines.stream().skip(1).map(TrainOnDigitsIT::numbers).toList();
        assertThat(accuracy(rows, test.labels()))
                .isEqualTo(run.document().at("/result/testAccuracy").doubleValue());
        assertThat(largestDifference(rows, StockJvm.predict(run.file("model.zip"), images, directory)))
                .isCloseTo(0, within(1e-6));
    }

    private static double accuracy(List<double[]> rows, byte[] labels) {
        long correct = IntStream.range(0, labels.length)
                .filter(i -> rows.get(i)[0] == i && rows.get(i)[1] == labels[i])
                .count();
        return correct / (double) labels.length;
    }

    private static double largestDifference(List<double[]> ours, List<double[]> theirs) {
        assertThat(theirs).hasSameSizeAs(ours);
        double largest = 0;
        for (int i = 0; i < ours.size(); i++) {
            for (int c = 0; c < 10; c++) {
                largest = Math.max(largest, Math.abs(ours.get(i)[c + 2] - theirs.get(i)[c]));
            }
        }
        System.out.println("predict and stock Deeplearning4j differ by at most " + largest);
        return largest;
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(",", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void shouldRefuseAndTouchNothingWhenTheRunDirectoryIsTaken() {
        Map<String, String> before = run.contents();

        Outcome again = DropwiseProcess.dropwise(
                        "train", "--out", run.directory().toString())
                .run();

        assertThat(again.exitStatus()).isEqualTo(78);
        assertThat(again.err()).contains(run.directory().toString(), "--resume", "--out");
        assertThat(run.contents()).isEqualTo(before);
    }

    private static Map<String, String> text(JsonNode object) {
        Map<String, String> entries = new TreeMap<>();
        object.properties()
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue().asText()));
        return entries;
    }
}
