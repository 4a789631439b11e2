package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.job.Interruption;
import dev.dropwise.driver.reproduce.Expectation.Within;
import dev.dropwise.driver.reproduce.Figure.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproduceSessionTest {
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
    private static final Sample OURS = new Sample(List.of(32.0, 33.0, 34.0));

    @TempDir
    private Path directory;

    private final List<String> table = new ArrayList<>();

    @Test
    void shouldEndWithZeroWhenEveryFigureLiesWithinItsTolerance() throws IOException {
        ExitCode exit = concluded(new Planted(33.4));

        assertThat(exit).isEqualTo(ExitCode.DONE);
        assertThat(table)
                .anyMatch(line ->
                        line.matches("accuracy +33\\.4 +\\+-1\\.5 +33\\.0 +30\\.5 \\.\\. 35\\.5 +agrees +1: 32\\.0 .*"))
                .last()
                .isEqualTo("1 of 1 figures agree; reproduced");
        JsonNode json = results();
        assertThat(json.at("/agrees").asBoolean()).isTrue();
        assertThat(json.at("/figures/0/mean").asDouble()).isEqualTo(33);
        assertThat(json.at("/figures/0/seeds/2").asInt()).isEqualTo(3);
        assertThat(json.at("/curves/0/values/1").isNull()).isTrue();
        assertThat(json.at("/place/workers").asInt()).isEqualTo(2);
        assertThat(Files.readString(directory.resolve("picture.svg")))
                .startsWith("<svg")
                .contains("validation accuracy", "class=\"agrees\"")
                .doesNotContain("NaN", "href");
    }

    @Test
    void shouldNotEndWithZeroWhenAFigureIsWrong() throws IOException {
        ExitCode exit = concluded(new Planted(35.1));

        assertThat(exit).isEqualTo(ExitCode.DIFFERENT);
        assertThat(exit.status()).isEqualTo(3);
        assertThat(table)
                .anyMatch(line -> line.contains(" misses "))
                .last()
                .isEqualTo("0 of 1 figures agree; not reproduced");
        assertThat(results().at("/agrees").asBoolean()).isFalse();
        assertThat(Files.readString(directory.resolve("picture.svg"))).contains("class=\"misses\"");
    }

    @Test
    void shouldNameTheNearestExperimentWhenTheNameIsUnknown() {
        assertThatThrownBy(() -> session("dropout-statistic"))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("did you mean 'dropout-statistics'?")
                .hasMessageContaining("gradient-check");
    }

    // No master is named in these three: were a context started, the message would be another one.

    @Test
    void shouldRefuseADirectoryThatHoldsResultsBeforeAnythingStartsAlsoToGoOn() throws IOException {
        Files.createFile(directory.resolve("results.json"));

        for (Extent extent : Extent.values()) {
            assertThatThrownBy(() -> started(extent))
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContaining("holds an experiment that is done: its figures are in results.json");
        }
    }

    @Test
    void shouldRefuseTrainingsOfAnEarlierProcessUnlessAskedToGoOn() throws IOException {
        Files.createDirectory(directory.resolve("runs"));

        assertThatThrownBy(() -> started(Extent.FULL))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("holds an experiment that was not finished; go on with it by --resume");
    }

    @Test
    void shouldGoOnWithTrainingsOfAnEarlierProcessWhenAskedTo() throws IOException {
        Files.createDirectory(directory.resolve("runs"));

        assertThatThrownBy(() -> started(Extent.REST)).hasMessageNotContaining("holds an experiment");
    }

    private void started(Extent extent) {
        new ReproduceSession(request("lenet-overfitting", extent), new Configuration(), Map.of())
                .run(new Audience(table::add, table::add, Interruption.never()));
    }

    private ReproduceSession session(String name) {
        return new ReproduceSession(request(name, Extent.FULL), new Configuration(), Map.of());
    }

    private ReproduceRequest request(String name, Extent extent) {
        return new ReproduceRequest(name, extent, directory.toString(), 2, set -> "/nowhere/" + set);
    }

    private ExitCode concluded(Planted recipe) {
        ReproduceSession session =
                new ReproduceSession(request(recipe.name(), Extent.FULL), recipe, new Configuration(), Map.of());
        return session.conclude(
                recipe.findings(), new ResultsJson.Place("app-1", "local[2]", "any", 2, 1.5), table::add);
    }

    private JsonNode results() throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(directory.resolve("results.json")));
    }

    /** A recipe that has measured {@link #OURS}. */
    private record Planted(double published) implements Recipe {
        @Override
        public String name() {
            return "planted";
        }

        @Override
        public String title() {
            return "a planted figure";
        }

        @Override
        public String source() {
            return "nobody";
        }

        @Override
        public Optional<String> data() {
            return Optional.empty();
        }

        @Override
        public Findings run(Lab lab) {
            return findings();
        }

        Findings findings() {
            return new Findings(
                    List.of(new Figure("accuracy", Unit.PERCENT, new Within(published, 1.5), SEEDS, OURS)),
                    List.of(new Curve("validation accuracy", "p = 0", List.of(30.0, Double.NaN, 33.0))),
                    List.of());
        }
    }
}
