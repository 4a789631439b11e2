package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;

/** Published experiments on two executors: table, JSON, picture and exit status. */
@Timeout(180)
final class ReproduceIT {
    @TempDir
    private Path directory;

    @Test
    void shouldReproduceTheStatisticsOfDropoutWhenTwoExecutorsMeasure()
            throws IOException, ParserConfigurationException, SAXException {
        Outcome outcome = reproduce("dropout-statistics");

        System.out.println(outcome.out());
        assertThat(outcome.stdout())
                .hasSize(1 + 1 + 15 + 1)
                .anyMatch(line -> line.matches(
                        "p = 0\\.6: zeros in training +0\\.6000 +\\+-0\\.0050 +0\\.(59|60).* agrees +1: 0\\.(59|60).*"))
                .last()
                .isEqualTo("15 of 15 figures agree; reproduced");
        JsonNode results = results();
        assertThat(results.at("/agrees").asBoolean()).isTrue();
        assertThat(results.at("/place/master").asText()).startsWith("local-cluster[2,1,");
        assertThat(results.at("/figures")).hasSize(15);
        // What training draws here is what it draws anywhere: the mask is a function of the seed.
        assertThat(results.at("/figures/3/values/0").asDouble()).isEqualTo(0.300148);
        requirePicture("p = 0.75: mean in training");
    }

    @Test
    void shouldReproduceTheGradientCheckWhenTwoExecutorsMeasure()
            throws IOException, ParserConfigurationException, SAXException {
        Outcome outcome = reproduce("gradient-check");

        assertThat(outcome.stdout())
                .anyMatch(line ->
                        line.matches("largest relative error +1\\.9e-11 +\\+1\\.7e-10 +\\d\\.\\de-1[12].* agrees .*"))
                .last()
                .isEqualTo("1 of 1 figures agree; reproduced");
        assertThat(results().at("/figures/0/mean").asDouble()).isBetween(1e-14, 1.9e-10);
        requirePicture("largest relative error");
    }

    @Test
    void shouldTrainSeveralNetworksInOneApplicationAndSayByItsStatusWhetherTheFiguresAgree()
            throws IOException, ParserConfigurationException, SAXException {
        Path data = Path.of(Objects.requireNonNullElse(System.getenv("DROPWISE_DATA"), ""));
        assumeTrue(
                Files.isDirectory(data.resolve("mnist")),
                "no MNIST: set DROPWISE_DATA to a directory that holds mnist/ (dropwise data fetch mnist)");

        Outcome outcome = DropwiseProcess.dropwise("reproduce", "lenet-overfitting", "--quick")
                .with("--out", directory.toString())
                .run();

        System.out.println(outcome.out());
        JsonNode results = results();
        boolean agrees = results.at("/agrees").asBoolean();
        assertThat(outcome.exitStatus()).as(outcome::toString).isEqualTo(agrees ? 0 : 3);
        assertThat(outcome.stdout())
                .last()
                .isEqualTo(agrees ? "1 of 1 figures agree; reproduced" : "0 of 1 figures agree; not reproduced");
        assertThat(results.at("/figures/1/values"))
                .allSatisfy(accuracy -> assertThat(accuracy.asDouble()).isBetween(80.0, 100.0));
        assertThat(results.at("/curves/0/values")).hasSize(10);
        requirePicture("without dropout");
        for (String run : List.of("without-dropout-seed1", "without-dropout-seed2", "with-dropout-seed2")) {
            Path left = directory.resolve("runs").resolve(run);
            assertThat(left.resolve("report.html")).isNotEmptyFile();
            assertThat(left.resolve("checkpoints")).doesNotExist();
            assertThat(new ObjectMapper()
                            .readTree(Files.readAllBytes(left.resolve("run.json")))
                            .at("/spark/applicationId")
                            .asText())
                    .isEqualTo(results.at("/place/applicationId").asText());
        }
    }

    private Outcome reproduce(String name) {
        return DropwiseProcess.dropwise("reproduce", name, "--out", directory.toString())
                .run()
                .orFail();
    }

    private JsonNode results() throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(directory.resolve("results.json")));
    }

    private void requirePicture(String label) throws IOException, ParserConfigurationException, SAXException {
        Path picture = directory.resolve("picture.svg");
        assertThat(Files.readString(picture)).contains(label).doesNotContain("http://www.w3.org/1999", "NaN");
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(picture.toFile())
                        .getDocumentElement()
                        .getTagName())
                .isEqualTo("svg");
    }
}
