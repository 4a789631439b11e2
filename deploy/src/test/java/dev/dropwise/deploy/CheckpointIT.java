package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    void shouldEndWithTheBestThatIsLeftAndSaySoWhenTheBestCheckpointIsCorrupt() throws IOException {
        RunFiles run = new RunFiles(directory.resolve("run"));
        // Steps so large that validation gets better and worse, until it has been worse twice.
        String[] swinging = {"--epochs", "60", "--early-stopping", "2", "--learning-rate", "0.05"};
        train(run, swinging).orFail();
        int last = run.metrics().size();
        int best = run.document().at("/result/bestEpoch").intValue();
        assertThat(best).isEqualTo(last - 2);
        Files.write(run.file(String.format("checkpoints/epoch-%05d.state", best)), new byte[100]);

        JsonNode ended = run.document();
        byte[] model = Files.readAllBytes(run.file("model.zip"));

        // While the model is there, such a run stays as it is.
        assertThat(resume(run).err()).contains("this run is done");
        assertThat(run.document()).isEqualTo(ended);
        assertThat(run.file("model.zip")).hasBinaryContent(model);

        Files.delete(run.file("model.zip"));
        Outcome resumed = resume(run);

        int kept = isBetter(run.metrics().get(last - 1), run.metrics().get(last - 2)) ? last : last - 1;
        String said = "is gone or damaged: model.zip holds epoch " + kept + " ";
        assertThat(resumed.err()).contains("best epoch " + best + " ", said);
        JsonNode document = run.document();
        assertThat(document.get("warnings").toString()).contains(said);
        assertThat(document.at("/result/bestEpoch").intValue()).isEqualTo(kept);
        assertThat(document.at("/result/validationAccuracy"))
                .isEqualTo(run.metrics().get(kept - 1).get("validationAccuracy"));
        assertThat(evaluate(run))
                .contains(
                        "test accuracy " + document.at("/result/testAccuracy").asText(),
                        "test loss " + document.at("/result/testLoss").asText());
    }

    private static Outcome resume(RunFiles run) throws IOException {
        return DropwiseProcess.dropwise("train", "--master", "local[2]", "--resume")
                .with("--out", run.directory().toString())
                .run()
                .orFail();
    }

    private static boolean isBetter(JsonNode a, JsonNode b) {
        int accuracies = Double.compare(
                a.get("validationAccuracy").doubleValue(),
                b.get("validationAccuracy").doubleValue());
        return accuracies > 0
                || (accuracies == 0
                        && a.get("validationLoss").doubleValue()
                                < b.get("validationLoss").doubleValue());
    }

    private static List<String> evaluate(RunFiles run) {
        return DropwiseProcess.dropwise(
                        "evaluate",
                        "--master",
                        "local[2]",
                        "--run",
                        run.directory().toString())
                .with("--data", "digits")
                .run()
                .orFail()
                .stdout()
                .stream()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    @Test
    void shouldRefuseSayWhatDiffersAndTouchNothingWhenResumedWithAnotherConfiguration() {
        RunFiles run = new RunFiles(directory.resolve("run"));
        train(run, "--epochs", "1").orFail();
        Map<String, String> before = run.contents();

        Outcome resumed = train(run, "--epochs", "2", "--resume", "--learning-rate", "0.5");

        assertThat(resumed.exitStatus()).isEqualTo(78);
        assertThat(resumed.err()).contains("checkpoint of epoch 1", "another configuration", "run.json", "--out");
        assertThat(run.contents()).isEqualTo(before);
    }

    @Test
    void shouldRefuseAndTouchNothingWhenResumedForFewerEpochsThanAreDone() {
        RunFiles run = new RunFiles(directory.resolve("run"));
        train(run, "--epochs", "2").orFail();
        Map<String, String> before = run.contents();

        Outcome resumed = train(run, "--epochs", "1", "--resume");

        assertThat(resumed.exitStatus()).isEqualTo(78);
        assertThat(resumed.err())
                .contains("the run has 2 epochs already", "--epochs 1 asks for fewer", "--epochs 2 or more")
                .doesNotContain("\tat ");
        assertThat(run.contents()).isEqualTo(before);
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
