package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/** What decides how noise is drawn has no default in JSON; seed and site do, for training gives its own. */
class DropoutJsonTest {
    private static final ObjectMapper MAPPER = NeuralNetConfiguration.mapper();

    static Stream<Arguments> required() {
        return Stream.of(
                        Stream.of(
                                        new AlphaDropout(0.3),
                                        new DropBlock(0.3, 5, 0, 0),
                                        new DropConnect(0.3, DropConnect.Masks.BATCH, 7, 0, 0),
                                        new GaussianDropout(0.3),
                                        new InvertedDropout(0.3),
                                        new MaxDrop(0.3),
                                        new PoolingDropout(0.3, 0, 0),
                                        new SpatialDropout(0.3),
                                        new StandardDropout(0.3),
                                        new Standout(0.3, 0, 0))
                                .map(noise -> Arguments.of(noise, "dropProbability")),
                        Stream.of(
                                Arguments.of(new DropBlock(0.3, 5, 0, 0), "block"),
                                Arguments.of(new DropConnect(0.3, DropConnect.Masks.BATCH, 7, 0, 0), "masks"),
                                Arguments.of(new DropConnect(0.3, DropConnect.Masks.BATCH, 7, 0, 0), "samples"),
                                Arguments.of(new Standout(0.3, 0, 0), "alpha"),
                                Arguments.of(new Standout(0.3, 0, 0), "beta"),
                                Arguments.of(new Cutout(3, 8, 8, 0, 0), "side"),
                                Arguments.of(new Cutout(3, 8, 8, 0, 0), "height"),
                                Arguments.of(new Cutout(3, 8, 8, 0, 0), "width")))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("required")
    void shouldNameThePropertyWhenItIsMissingOrMisspelt(KeyedStream noise, String property)
            throws JsonProcessingException {
        ObjectNode json = MAPPER.valueToTree(noise);
        json.set(property + "s", json.remove(property));

        assertThatThrownBy(() -> MAPPER.readValue(json.toString(), noise.getClass()))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageContaining("Missing required creator property '" + property + "'");
    }

    @ParameterizedTest
    @MethodSource("required")
    void shouldReadBackWhatItWroteAndTakeZerosWhenSeedAndSiteAreLeftOut(KeyedStream noise, String property)
            throws JsonProcessingException {
        ObjectNode json = MAPPER.valueToTree(noise);
        assertThat(json.has(property)).isTrue();

        assertThat((Object) MAPPER.readValue(json.toString(), noise.getClass())).isEqualTo(noise);
        json.remove("seed");
        json.remove("site");
        assertThat((Object) MAPPER.readValue(json.toString(), noise.getClass())).isEqualTo(noise);
    }
}
