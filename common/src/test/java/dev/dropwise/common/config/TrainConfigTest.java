package dev.dropwise.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainConfigTest {
    private static final DataConfig DATA = new DataConfig("mnist", "/here", new Holdout(5000, 0), 0);
    private static final ModelConfig MODEL = new ModelConfig(
            "mlp:32", "", Activation.RELU, DropoutSpec.parse("0.5"), DropoutSpec.NONE, Regularisation.NONE);
    private static final UpdaterConfig UPDATER = new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-3, 0.9);
    private static final ScheduleConfig SCHEDULE = new ScheduleConfig(10, 128, 4, 0, ExchangeMode.GRADIENTS);
    private static final TrainConfig CONFIG = new TrainConfig(DATA, MODEL, UPDATER, SCHEDULE, 42);

    static Stream<TrainConfig> decidingNothingSoFar() {
        return Stream.of(
                with(new DataConfig("mnist", "hdfs://there", DATA.validation(), 0)),
                with(new ScheduleConfig(11, 128, 4, 0, ExchangeMode.GRADIENTS)),
                with(new ScheduleConfig(10, 128, 4, 3, ExchangeMode.GRADIENTS)),
                with(new ScheduleConfig(10, 128, 4, 0, ExchangeMode.GRADIENTS, true)));
    }

    static Stream<TrainConfig> decidingTheState() {
        return Stream.of(
                with(new DataConfig("digits", "/here", DATA.validation(), 0)),
                with(new DataConfig("mnist", "/here", new Holdout(4999, 0), 0)),
                with(new DataConfig("mnist", "/here", DATA.validation(), 1)),
                with(DATA.with(PixelScale.CENTRED)),
                with(DATA.sampled(true)),
                with(model("mlp:33", "", Activation.RELU, DropoutSpec.NONE, Regularisation.NONE)),
                with(model("mlp:32", "{}", Activation.RELU, DropoutSpec.NONE, Regularisation.NONE)),
                with(model("mlp:32", "", Activation.ELU, DropoutSpec.NONE, Regularisation.NONE)),
                with(model("mlp:32", "", Activation.RELU, DropoutSpec.parse("0.2"), Regularisation.NONE)),
                with(model("mlp:32", "", Activation.RELU, DropoutSpec.NONE, new Regularisation(1e-9, 0, 0))),
                with(model("mlp:32", "", Activation.RELU, DropoutSpec.NONE, new Regularisation(0, 1e-9, 0))),
                with(model("mlp:32", "", Activation.RELU, DropoutSpec.NONE, new Regularisation(0, 0, 1e-9))),
                with(new UpdaterConfig(UpdaterConfig.Kind.SGD, 1e-3, 0.9)),
                with(new UpdaterConfig(UpdaterConfig.Kind.ADAM, Math.nextUp(1e-3), 0.9)),
                with(new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-3, 0.8)),
                with(UPDATER.scheduled(RateSchedule.parse("constant,warmup=2", 10))),
                with(UPDATER.scheduled(RateSchedule.parse("step:0.1,every=5", 10))),
                with(new ScheduleConfig(10, 127, 4, 0, ExchangeMode.GRADIENTS)),
                with(new ScheduleConfig(10, 128, 2, 0, ExchangeMode.GRADIENTS)),
                with(new ScheduleConfig(10, 128, 4, 0, new ExchangeMode(1))),
                new TrainConfig(DATA, MODEL, UPDATER, SCHEDULE, new Augmentation(1, 0, false, 0), 42),
                new TrainConfig(DATA, MODEL, UPDATER, SCHEDULE, 43));
    }

    @ParameterizedTest
    @MethodSource("decidingNothingSoFar")
    void shouldKeepItsDigestWhenOnlyTheEndOrThePlaceOfTheDataChanges(TrainConfig other) {
        assertThat(other.digest()).isEqualTo(CONFIG.digest());
    }

    @ParameterizedTest
    @MethodSource("decidingTheState")
    void shouldChangeItsDigestWhenAnythingThatDecidesTheStateChanges(TrainConfig other) {
        assertThat(other.digest()).isNotEqualTo(CONFIG.digest());
    }

    @Test
    void shouldKeepItsDigestWhenNothingChanges() {
        // Checkpoints carry it. A new field changes it, and older checkpoints are refused: the changelog must say so.
        assertThat(CONFIG.digest()).isEqualTo("0fd66e6417eaddae833ed82fa0b3bab2bd6f00a18fc4879dccb262e9cdea7a46");
    }

    @Test
    void shouldChangeItsDigestWithTheEndWhenTheLearningRateFallsTowardsIt() {
        TrainConfig ten = with(UPDATER.scheduled(RateSchedule.parse("linear", 10)));
        TrainConfig eleven = with(UPDATER.scheduled(RateSchedule.parse("linear", 11)));

        assertThat(ten.digest()).isNotEqualTo(eleven.digest()).isNotEqualTo(CONFIG.digest());
    }

    @Test
    void shouldRefuseEarlyStoppingWhenNothingIsHeldOutToJudgeBy() {
        DataConfig all = new DataConfig("mnist", "/here", new Holdout(0, 0), 0);
        ScheduleConfig patient = new ScheduleConfig(10, 128, 4, 3, ExchangeMode.GRADIENTS);

        assertThatThrownBy(() -> new TrainConfig(all, MODEL, UPDATER, patient, 42))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("early-stopping=3", "validation=0");
        assertThat(new TrainConfig(all, MODEL, UPDATER, SCHEDULE, 42).data()).isEqualTo(all);
    }

    @Test
    void shouldWarnOfEveryOptionThatHasNoEffectWhenAFileDecides() {
        ModelConfig file = model("net.json", "{}", Activation.TANH, DropoutSpec.NONE, new Regularisation(0.1, 0.2, 3));
        UpdaterConfig rule = new UpdaterConfig(UpdaterConfig.Kind.SGD, 0.01, 0.5, RateSchedule.parse("linear", 10));

        assertThat(new TrainConfig(DATA, file, rule, SCHEDULE, 42).warnings())
                .containsExactly("model net.json: the file decides, so --updater sgd, --learning-rate 0.01,"
                        + " --learning-rate-schedule linear,epochs=10, --momentum 0.5, --activation tanh, --l1 0.1, --l2 0.2,"
                        + " --max-norm 3.0 have no effect; write them into net.json");
        assertThat(new TrainConfig(DATA, MODEL, rule, SCHEDULE, 42).warnings()).isEmpty();
    }

    @Test
    void shouldNotWarnWhenAFileDecidesAndOptionsAreTheUsualOnes() {
        ModelConfig file = model("net.json", "{}", Activation.USUAL, DropoutSpec.NONE, Regularisation.NONE);

        assertThat(new TrainConfig(DATA, file, UpdaterConfig.USUAL, SCHEDULE, 42).warnings())
                .isEmpty();
        UpdaterConfig fast = new UpdaterConfig(UpdaterConfig.Kind.ADAM, 0.1, 0.9);
        assertThat(new TrainConfig(DATA, file, fast, SCHEDULE, 42).warnings())
                .containsExactly("model net.json: the file decides, so --learning-rate 0.1 has no effect; write it into"
                        + " net.json");
    }

    private static TrainConfig with(DataConfig data) {
        return new TrainConfig(data, MODEL, UPDATER, SCHEDULE, 42);
    }

    private static TrainConfig with(ModelConfig model) {
        return new TrainConfig(DATA, model, UPDATER, SCHEDULE, 42);
    }

    private static TrainConfig with(UpdaterConfig updater) {
        return new TrainConfig(DATA, MODEL, updater, SCHEDULE, 42);
    }

    private static TrainConfig with(ScheduleConfig schedule) {
        return new TrainConfig(DATA, MODEL, UPDATER, schedule, 42);
    }

    private static ModelConfig model(
            String name, String definition, Activation activation, DropoutSpec input, Regularisation penalties) {
        return new ModelConfig(name, definition, activation, MODEL.dropout(), input, penalties);
    }
}
