package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.Split;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.ImageFiles;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A short training on distorted images, and what Monte Carlo dropout makes of its run directory. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MonteCarloIT {
    private static final int IMAGES = 64;

    private Path directory;
    private RunFiles run;
    private Outcome trained;

    @BeforeAll
    void train(@TempDir Path temporary) {
        directory = temporary;
        run = new RunFiles(directory.resolve("run"));
        trained = DropwiseProcess.dropwise("train", "--model", "mlp:32", "--augment", "shift:2,rotate:10,flip")
                .with("--train-limit", "2000", "--epochs", "2", "--dropout", "standard:0.3", "--seed", "5")
                .with("--out", run.directory().toString())
                .within(Duration.ofMinutes(2))
                .run()
                .orFail();
    }

    @Test
    void shouldRecordTheAugmentationAndWarnWhenDigitsAreMirrored() {
        assertThat(run.document().at("/config/augment").textValue()).isEqualTo("shift:2,rotate:10,flip");
        assertThat(trained.err()).contains("warning: augment flip mirrors every second image");
        assertThat(run.document().at("/warnings/0").textValue()).contains("flip", "digits");
    }

    @Test
    void shouldPrintTheSameBitsForTheSameSeedWhenEvaluatedOnOtherSlots() {
        // when
        List<String> first = evaluate("local[1]", "--monte-carlo", "10");
        List<String> second = evaluate("local[2]", "--monte-carlo", "10", "--seed", "5");

        // then
        assertThat(second).isEqualTo(first);
        assertThat(first)
                .anyMatch(line -> line.matches("monte carlo +10 passes, seed 5"))
                .anyMatch(line -> line.matches("test accuracy +"
                        + run.document().at("/result/testAccuracy").doubleValue()))
                .anyMatch(line -> line.matches(
                        "test loss +" + run.document().at("/result/testLoss").doubleValue()));
        double loss = number(first, "predictive loss");
        double information = number(first, "mutual information");
        assertThat(loss).isBetween(0.01, 2.3).isNotEqualTo(number(first, "test loss"));
        assertThat(number(first, "predictive accuracy")).isCloseTo(number(first, "test accuracy"), within(0.1));
        assertThat(information).isPositive().isLessThan(number(first, "predictive entropy"));
    }

    private List<String> evaluate(String master, String... options) {
        return DropwiseProcess.dropwise("--master", master, "evaluate", "--data", "digits")
                .with("--run", run.directory().toString())
                .with(options)
                .run()
                .orFail()
                .stdout();
    }

    private static double number(List<String> lines, String name) {
        String line = lines.stream()
                .filter(each -> each.startsWith(name + " "))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.substring(name.length()).strip().split(" ", 2)[0]);
    }

    @Test
    void shouldWriteVariancesAndEntropiesBesideProbabilitiesWhenPredicting() throws IOException {
        // given
        Examples test = DataSets.open(new DataConfig("digits", "", Holdout.parse("0"), 0), new Configuration(false))
                .read(Split.TEST, IntStream.range(0, IMAGES).toArray());
        Path images = Files.write(directory.resolve("digits-idx3-ubyte"), ImageFiles.images(test.pixels(), 28, 28));
        Path csv = directory.resolve("predictions.csv");

        // when
        DropwiseProcess.dropwise("--master", "local[2]", "predict")
                .with("--run", run.directory().toString(), "--monte-carlo", "10")
                .with("--input", images.toString(), "--output", csv.toString())
                .run()
                .orFail();

        // then
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines)
                .hasSize(IMAGES + 1)
                .first()
                .isEqualTo("index,label,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9,v0,v1,v2,v3,v4,v5,v6,v7,v8,v9,entropy,"
                        + "mutual_information");
        for (int i = 0; i < IMAGES; i++) {
            double[] row = Arrays.stream(lines.get(i + 1).split(",", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            assertThat(row).hasSize(24);
            assertThat(row[0]).isEqualTo(i);
            assertThat(Arrays.stream(row, 2, 12).sum()).isCloseTo(1, within(1e-5));
            double entropy = -Arrays.stream(row, 2, 12)
                    .map(p -> p > 0 ? p * Math.log(p) : 0)
                    .sum();
            assertThat(row[22]).isCloseTo(entropy, within(1e-5));
            assertThat(row[23]).isBetween(0.0, row[22]);
            assertThat(Arrays.stream(row, 12, 22).sum()).isPositive();
        }
    }

    @Test
    void shouldRefuseWithoutAClusterWhenThereIsNoPass() {
        Outcome refused = DropwiseProcess.dropwise("evaluate", "--monte-carlo", "0")
                .with("--run", run.directory().toString())
                .run();

        assertThat(refused.exitStatus()).isEqualTo(78);
        assertThat(refused.err()).contains("monte-carlo needs at least 1 pass, found 0");
    }
}
