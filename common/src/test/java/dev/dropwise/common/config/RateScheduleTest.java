package dev.dropwise.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateScheduleTest {
    private static final int EPOCHS = 4;

    // Worked out by hand from the formulas; 0.853553 is (1 + cos(pi / 4)) / 2.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "constant | 1 1 1 1 1 1",
                "constant,warmup=3 | 0.25 0.5 0.75 1 1 1",
                "linear | 1 0.75 0.5 0.25 0.25 0.25",
                "linear,epochs=2 | 1 0.5 0.5 0.5 0.5 0.5",
                "linear,warmup=1,epochs=6 | 0.5 1 0.8 0.6 0.4 0.2",
                "cosine | 1 0.853553 0.5 0.146447 0.146447 0.146447",
                "cosine,warmup=2 | 0.333333 0.666667 1 0.5 0.5 0.5",
                "step:0.1,every=2 | 1 1 0.1 0.1 0.01 0.01",
                "step:0.5,every=1,warmup=2 | 0.333333 0.666667 1 0.5 0.25 0.125",
            })
    void shouldGiveTheFormulasValueWhenAnEpochIsAsked(String text, String expected) {
        RateSchedule schedule = RateSchedule.parse(text, EPOCHS);

        double[] values = Arrays.stream(expected.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        for (int epoch = 0; epoch < values.length; epoch++) {
            assertThat(schedule.at(epoch)).as("epoch %d", epoch).isCloseTo(values[epoch], within(1e-6));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "constant | constant",
                "constant,warmup=2 | constant,warmup=2",
                "linear | linear,epochs=4",
                "cosine,warmup=1,epochs=9 | cosine,epochs=9,warmup=1",
                "step:0.1,every=30 | step:0.1,every=30",
                "step:0.5,warmup=2,every=3 | step:0.5,every=3,warmup=2",
            })
    void shouldReadBackWhatItWritesWhenParsed(String text, String canonical) {
        RateSchedule schedule = RateSchedule.parse(text, EPOCHS);

        assertThat(schedule).hasToString(canonical);
        assertThat(RateSchedule.parse(canonical, 1000)).isEqualTo(schedule);
    }

    @ParameterizedTest
    @CsvSource({
        "constant",
        "'constant,warmup=3'",
        "linear",
        "'cosine,warmup=2'",
        "'step:0.1,every=2'",
        "'step:0.9,every=1,warmup=3'",
        "'step:0.3,every=7'"
    })
    void shouldHoldTheLastChangeUntilTheNextWhenGivenAsChanges(String text) {
        RateSchedule schedule = RateSchedule.parse(text, EPOCHS);

        SortedMap<Integer, Double> changes = schedule.changes();

        assertThat(changes.firstKey()).isZero();
        for (int epoch = 0; epoch < 300; epoch++) {
            SortedMap<Integer, Double> soFar = changes.headMap(epoch + 1);
            assertThat(schedule.at(epoch)).as("epoch %d", epoch).isEqualTo(soFar.get(soFar.lastKey()));
        }
    }

    @Test
    void shouldNotGoBelowAMillionthWhenStepsGoOn() {
        RateSchedule schedule = RateSchedule.parse("step:0.5,every=1", EPOCHS);

        assertThat(schedule.at(19)).isEqualTo(1.0 / (1 << 19));
        assertThat(schedule.at(20)).isEqualTo(1e-6);
        assertThat(schedule.at(5000)).isEqualTo(1e-6);
        assertThat(schedule.changes()).hasSize(21).containsEntry(20, 1e-6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cosinus | found 'cosinus'; did you mean 'cosine'?",
                "'' | found ''",
                "step:0.1 | step:FACTOR with a factor in (0, 1) and every of at least 1 epoch & every=0",
                "step,every=3 | a factor in (0, 1) & factor 0.0",
                "step:2,every=3 | a factor in (0, 1) & factor 2.0",
                "step:NaN,every=3 | a factor in (0, 1) & factor NaN",
                "step:a,every=3 | found 'a' for FACTOR",
                "step:0.1,evry=3 | found 'evry=3'; did you mean 'every'?",
                "step:0.1,every=soon | found 'every=soon' & a number of epochs",
                "step:0.1,every=1,epochs=5 | step without epochs, since it has no end",
                "linear:0.5 | linear without a factor & factor 0.5",
                "linear,warmup=2,epochs=2 | more epochs than its warm-up takes & epochs=2 warmup=2",
                "cosine,warmup=-1 | warmup of at least 0 & warmup=-1",
                "constant,warmup=4 | fewer epochs than are trained & warmup=4 of 4 epochs",
                "step:0.1,every=100001 | at most 100000 of each & every=100001",
                "linear,epochs=100001 | at most 100000 of each",
                "step:0.9999,every=1 | at most 100000 steps & factor 0.9999",
                "constant,epochs=3 | constant without epochs",
                "cosine,warmup | found 'warmup'; a number of epochs",
            })
    void shouldSayWhatIsExpectedAndFoundWhenTheTextIsWrong(String text, String said) {
        assertThatThrownBy(() -> RateSchedule.parse(text, EPOCHS))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("learning-rate-schedule")
                .hasMessageContainingAll(said.split(" & ", -1));
    }
}
