package dev.dropwise.driver.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.progress.EpochReport;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunJsonTest {
    private final RunJson json = new RunJson();

    @Test
    void shouldReadBackWhatWasWrittenWhenEveryPartIsPresent() {
        RunDocument document = RunDocuments.succeeded();

        assertThat(json.document("run.json", json.document(document))).isEqualTo(document);
    }

    @Test
    void shouldReadRunsOfVersionsThatKeptNoWarnings() {
        RunDocument document = RunDocuments.succeeded();
        String older = new String(json.document(document), UTF_8).replaceAll(",\\s*\"warnings\" : \\[ ?]", "");

        assertThat(older).doesNotContain("warnings");
        assertThat(json.document("run.json", older.getBytes(UTF_8))).isEqualTo(document);
    }

    @Test
    void shouldReadBackWhatWasWrittenWhenOptionalPartsAreAbsent() {
        RunDocument document = RunDocuments.failedAtOnce("disk full; free some");

        byte[] text = json.document(document);

        assertThat(new String(text, UTF_8)).doesNotContain("null").doesNotContain("kernelClass");
        assertThat(json.document("run.json", text)).isEqualTo(document);
    }

    @Test
    void shouldUseTheNamesThatUsersReadWhenWritten() throws IOException {
        var tree = new ObjectMapper().readTree(json.document(RunDocuments.succeeded()));

        assertThat(tree.get("status").asText()).isEqualTo("succeeded");
        assertThat(tree.get("attempts").asInt()).isEqualTo(1);
        assertThat(tree.at("/data/fingerprint").asText()).isEqualTo("3f2a");
        assertThat(tree.at("/spark/applicationId").asText()).isEqualTo("app-1");
        assertThat(tree.at("/workers/1/maskDigests/0").asText()).isEqualTo("22cc");
        assertThat(tree.at("/result/samplesPerSecond").asDouble()).isEqualTo(41_234.5);
        assertThat(tree.at("/result/validationAccuracy").asDouble()).isEqualTo(0.97625);
    }

    @Test
    void shouldWriteOneLineWithTheNamesThatUsersReadWhenAnEpochIsDone() throws IOException {
        String line = json.metrics(RunDocuments.epoch(3, 0.25, 0.125, 0.9625));

        assertThat(line).endsWith("}\n").hasLineCount(1);
        var tree = new ObjectMapper().readTree(line);
        assertThat(tree.fieldNames())
                .toIterable()
                .contains(
                        "epoch",
                        "step",
                        "trainLoss",
                        "validationLoss",
                        "validationAccuracy",
                        "samplesPerSecond",
                        "seconds",
                        "exchange",
                        "parameterDigest");
        assertThat(tree.at("/seconds/wait").asDouble()).isEqualTo(0.025);
        assertThat(tree.at("/exchange/bytes").asLong()).isEqualTo(135_153_400);
    }

    @Test
    void shouldReadBackEveryBitWhenNumbersAreFinite() {
        EpochReport report = RunDocuments.epoch(1, Math.PI, Double.MIN_VALUE, Math.nextDown(1.0));

        assertThat(json.metrics("metrics.jsonl", json.metrics(report))).isEqualTo(report);
    }

    @Test
    void shouldWriteNullAndReadNaNWhenThereIsNoValidation() {
        EpochReport report = RunDocuments.epoch(1, 0.5, Double.NaN, Double.NaN);

        String line = json.metrics(report);

        assertThat(line)
                .contains("\"validationLoss\":null", "\"validationAccuracy\":null")
                .doesNotContain("NaN");
        assertThat(json.metrics("metrics.jsonl", line)).isEqualTo(report);
    }

    @Test
    void shouldWriteNullWhenTrainingDiverged() {
        String line =
                json.metrics(RunDocuments.epoch(1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN));

        assertThat(line)
                .contains("\"trainLoss\":null", "\"validationLoss\":null")
                .doesNotContain("Infinity");
        assertThat(json.metrics("metrics.jsonl", line).trainLoss()).isNaN();
    }

    @Test
    void shouldKeepTextThatLooksLikeANumberWhenItIsText() {
        EpochReport report = RunDocuments.epoch(1, 1, 1, 1);
        EpochReport named = new EpochReport(
                1,
                2,
                3,
                4,
                5,
                6,
                report.seconds(),
                report.stepSeconds(),
                new EpochReport.Exchange(1, 1, "NaN"),
                "\"NaN\"",
                List.of());

        assertThat(json.metrics("metrics.jsonl", json.metrics(named))).isEqualTo(named);
    }

    @Test
    void shouldWriteNullInTheResultWhenTheTestLossIsNotFinite() {
        RunDocument diverged =
                RunDocuments.succeeded().withResult(new RunDocument.Result(0.1, Double.NaN, null, 1, 2, 3));

        byte[] text = json.document(diverged);

        assertThat(new String(text, UTF_8)).contains("\"testLoss\" : null").doesNotContain("NaN");
        assertThat(json.document("run.json", text)).isEqualTo(diverged);
    }

    @Test
    void shouldSayThatNobodyMeasuredWaitsWhenAnOlderVersionWroteTheLine() {
        EpochReport report = RunDocuments.epoch(1, 1, 1, 1);
        String line = json.metrics(report);
        assertThat(line).contains("\"waits\":[{\"rank\":0,\"seconds\":0.04,\"waitedFor\":[0.0,0.04]},");

        String older = line.replaceFirst(",\"waits\":.*", "}");

        assertThat(json.metrics("metrics.jsonl", older).waits()).isEmpty();
        assertThat(json.metrics("metrics.jsonl", older).parameterDigest()).isEqualTo(report.parameterDigest());
    }

    @Test
    void shouldReadOnWhenALaterVersionAddedProperties() {
        EpochReport report = RunDocuments.epoch(2, 1, 1, 1);
        String line = json.metrics(report).replaceFirst("\\{", "{\"gradientNorm\":{\"mean\":1.5},");

        assertThat(json.metrics("metrics.jsonl", line)).isEqualTo(report);

        RunDocument document = RunDocuments.succeeded();
        String text = new String(json.document(document), UTF_8).replaceFirst("\\{", "{\"trials\":[1],");
        assertThat(json.document("run.json", text.getBytes(UTF_8))).isEqualTo(document);
    }

    @Test
    void shouldNameTheFileAndTheRemedyWhenItIsNotARun() {
        for (String text : new String[] {"", "{\"status\":\"succ", "[]", "{\"status\":\"paused\"}", "null", "{}"}) {
            assertThatThrownBy(() -> json.document("/runs/7/run.json", text.getBytes(UTF_8)))
                    .as("run.json is <%s>", text)
                    .asInstanceOf(type(DropwiseException.class))
                    .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                    .satisfies(e -> assertThat(e)
                            .hasMessageStartingWith("/runs/7/run.json: expected RunDocument as JSON, found ")
                            .hasMessageEndingWith("restore the file or start a new run in another --out directory"));
        }
    }
}
