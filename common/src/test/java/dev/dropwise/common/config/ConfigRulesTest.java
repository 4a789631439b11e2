package dev.dropwise.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.dropwise.common.config.DropoutSpec.Kind;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigRulesTest {
    private static final UpdaterConfig.Kind ADAM = UpdaterConfig.Kind.ADAM;
    private static final Holdout NO_HOLDOUT = new Holdout(0, 0);

    static Stream<Arguments> broken() {
        return Stream.of(brokenExamplesAndSchedules(), brokenNetworks(), brokenTexts())
                .flatMap(each -> each);
    }

    private static Stream<Arguments> brokenExamplesAndSchedules() {
        return Stream.of(
                rule(() -> new DataConfig("digits", "", NO_HOLDOUT, -1), "train-limit", "at least 0", "-1"),
                rule(() -> new Holdout(-2, 0), "validation", "count of at least 0", "count=-2"),
                rule(() -> new Holdout(-1, 1), "validation", "fraction in [0, 1)", "fraction=1.0"),
                rule(() -> new Holdout(-1, -0.1), "validation", "[0, 1)", "fraction=-0.1"),
                rule(() -> new Holdout(-1, Double.NaN), "validation", "[0, 1)", "fraction=NaN"),
                rule(() -> new Holdout(5000, 0.1), "validation", "count=5000", "fraction=0.1"),
                rule(() -> schedule(0, 1, 1, 0), "at least 1", "epochs=0", "batch-size=1"),
                rule(() -> schedule(1, 0, 1, 0), "at least 1", "batch-size=0"),
                rule(() -> schedule(1, 1, -3, 0), "at least 1", "shards=-3"),
                rule(() -> schedule(1, 1, 1, -1), "early-stopping at least 0", "early-stopping=-1"),
                rule(() -> new ExchangeMode(-1), "parameters:K", "at least 1", "-1"));
    }

    private static Stream<Arguments> brokenNetworks() {
        return Stream.of(
                rule(() -> new DropoutSpec(Kind.INVERTED, 1), "dropout inverted", "[0, 1)", "1.0"),
                rule(() -> new DropoutSpec(Kind.INVERTED, -0.5), "[0, 1)", "-0.5"),
                rule(() -> new DropoutSpec(Kind.INVERTED, Double.NaN), "[0, 1)", "NaN"),
                rule(() -> new DropoutSpec(Kind.NONE, 0.5), "dropout none", "0", "0.5"),
                rule(() -> new Regularisation(-1e-4, 0, 0), "at least 0", "l1=-1.0E-4", "l2=0.0"),
                rule(() -> new Regularisation(0, Double.NaN, 0), "at least 0", "l2=NaN"),
                rule(() -> new Regularisation(0, Double.POSITIVE_INFINITY, 0), "finite", "l2=Infinity"),
                rule(() -> new Regularisation(0, 0, -3), "at least 0", "max-norm=-3.0"),
                rule(() -> new UpdaterConfig(ADAM, 0, 0.9), "learning-rate", "positive", "0.0"),
                rule(() -> new UpdaterConfig(ADAM, Double.POSITIVE_INFINITY, 0.9), "finite", "Infinity"),
                rule(() -> new UpdaterConfig(ADAM, Double.NaN, 0.9), "learning-rate", "NaN"),
                rule(() -> new UpdaterConfig(ADAM, 1e-3, 1), "momentum", "[0, 1)", "1.0"),
                rule(() -> new UpdaterConfig(ADAM, 1e-3, -0.9), "momentum", "[0, 1)", "-0.9"));
    }

    private static Stream<Arguments> brokenTexts() {
        return Stream.of(
                rule(() -> Holdout.parse("many"), "validation 'many'", "5000", "0.1"),
                rule(() -> Holdout.parse("-1"), "validation", "at least 0", "-1"),
                rule(() -> Holdout.parse("1.5"), "validation", "[0, 1)", "1.5"),
                rule(() -> Holdout.parse("0.1.2"), "validation '0.1.2'"),
                rule(() -> DropoutSpec.parse("inverted:half"), "dropout 'inverted:half'", "KIND:P", "'half'"),
                rule(() -> DropoutSpec.parse("inverse:0.5"), "dropout kind 'inverse'", "inverted"),
                rule(() -> DropoutSpec.parse("1"), "dropout inverted", "[0, 1)", "1.0"),
                rule(() -> DropoutSpec.parse(""), "dropout ''", "KIND:P"),
                rule(() -> ExchangeMode.parse("parameters:0"), "exchange 'parameters:0'", "K of at least 1"),
                rule(() -> ExchangeMode.parse("parameters:x"), "exchange 'parameters:x'", "gradients"),
                rule(() -> ExchangeMode.parse("nothing"), "exchange 'nothing'", "gradients", "parameters:K"),
                rule(() -> UpdaterConfig.Kind.parse("rmsprop"), "updater 'rmsprop'", "adam, nesterovs, sgd"),
                rule(() -> Activation.parse("swish"), "activation 'swish'", "relu, leakyrelu, prelu"),
                rule(() -> Augmentation.parse("shfit:2"), "'shfit' is unknown", "did you mean 'shift'?"),
                rule(() -> Augmentation.parse("flip,none"), "'none' is unknown here"),
                rule(() -> Augmentation.parse(""), "augment ''", "shift:PIXELS, rotate:DEGREES, flip, crop:PIXELS"),
                rule(() -> Augmentation.parse("shift"), "augment 'shift'", "shift:PIXELS such as shift:2"),
                rule(() -> Augmentation.parse("crop:1.5"), "augment 'crop:1.5'", "crop:PIXELS", "'crop:1.5'"),
                rule(() -> Augmentation.parse("rotate:far"), "augment 'rotate:far'", "rotate:DEGREES"),
                rule(() -> Augmentation.parse("flip:1"), "flip takes no value", "':1'"),
                rule(() -> Augmentation.parse("shift:1,flip,shift:2"), "names shift twice"),
                rule(() -> Augmentation.parse("shift:-1"), "at least 0 pixels", "shift=-1", "crop=0"),
                rule(() -> Augmentation.parse("crop:-4"), "at least 0 pixels", "crop=-4"),
                rule(() -> Augmentation.parse("rotate:-10"), "[0, 180]", "-10.0"),
                rule(() -> Augmentation.parse("rotate:NaN"), "[0, 180]", "NaN"),
                rule(() -> Augmentation.parse("crop:28").check(28, 32), "below 28 pixels", "28x32", "crop=28"),
                rule(() -> Augmentation.parse("shift:32").check(40, 32), "below 32 pixels", "shift=32"));
    }

    private static Arguments rule(ThrowingCallable making, String... said) {
        return arguments(String.join(" | ", said), making, List.of(said));
    }

    private static ScheduleConfig schedule(int epochs, int batchSize, int shards, int patience) {
        return new ScheduleConfig(epochs, batchSize, shards, patience, ExchangeMode.GRADIENTS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void shouldNameTheRuleAndTheValueWhenItIsBroken(String name, ThrowingCallable making, List<String> said) {
        assertThatThrownBy(making)
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .message()
                .contains(said);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "5000, 5000, 0", "0.1, -1, 0.1", "0.0, -1, 0.0"})
    void shouldTakeACountOrAFractionWhenValidationIsParsed(String text, int count, double fraction) {
        assertThat(Holdout.parse(text)).isEqualTo(new Holdout(count, fraction)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"inverted:0.5, INVERTED, 0.5", "0.2, INVERTED, 0.2", "none, NONE, 0", "None, NONE, 0"})
    void shouldTakeTheDropProbabilityWhenDropoutIsParsed(String text, Kind kind, double dropProbability) {
        DropoutSpec spec = DropoutSpec.parse(text);

        assertThat(spec).isEqualTo(new DropoutSpec(kind, dropProbability));
        assertThat(DropoutSpec.parse(spec.toString())).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "standard:0.5 | STANDARD | 0.5 | 0",
                "gaussian:0.5 | GAUSSIAN | 0.5 | 0",
                "spatial:0.2 | SPATIAL | 0.2 | 0",
                "alpha:0.05 | ALPHA | 0.05 | 0",
                "dropblock:0.1 | DROPBLOCK | 0.1 | 7",
                "dropblock:0.1,block=5 | DROPBLOCK | 0.1 | 5",
                "maxdrop:0.5 | MAXDROP | 0.5 | 0",
                "cutout:8 | CUTOUT | 0 | 8",
            })
    void shouldTakeProbabilityAndSideWhenAKindIsParsed(String text, Kind kind, double dropProbability, int side) {
        DropoutSpec spec = DropoutSpec.parse(text);

        assertThat(spec).isEqualTo(new DropoutSpec(kind, dropProbability, side));
        assertThat(spec.isNone()).isFalse();
        assertThat(DropoutSpec.parse(spec.toString())).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gausian:0.5 | did you mean 'gaussian'?",
                "gaussian:1 | [0, 1): found 1.0",
                "spatial:-0.1 | [0, 1): found -0.1",
                "alpha:x | found 'x' for P",
                "maxdrop:0.5,block=3 | no options, found 'block=3'",
                "dropblock:0.1,blok=3 | found 'blok=3'; did you mean 'block=7'?",
                "dropblock:0.1,block=x | found 'x' for block",
                "dropblock:0.1,block=0 | found a side of 0",
                "dropblock:0.1,block=3,block=4 | found 'block=3,block=4'",
                "cutout:0 | found a side of 0",
                "standout:1 | [0, 1): found 1.0",
                "standout:0,alpha=2 | standout:0 drops nothing",
                "standout:0.5,gamma=1 | option 'gamma=1' is unknown; did you mean 'alpha=...'",
                "standout:0.5,alpha=x | alpha: expected a number, found 'x'",
                "standout:0.5,beta=Infinity | beta: expected a number, found 'Infinity'",
                "dropconnect:0.5,mask=bach | mask: expected one of example, batch, found 'bach'",
                "dropconnect:0.5,msk=batch | did you mean 'mask=...'",
                "dropconnect:0.5,samples=0 | samples: expected a whole number from 1 to 65536, found '0'",
                "dropconnect:0.5,samples=3,eval=mean | draws no samples",
                "dropconnect:0.5,mask=batch,mask=batch | option mask once",
                "pooling:0.5,mask=batch | no options, found 'mask=batch'",
                "cutout:0.5 | found '0.5' for SIDE",
            })
    void shouldNameWhatIsWrongAndTheNearestValidWhenADropoutIsNone(String text, String said) {
        assertThatThrownBy(() -> DropoutSpec.parse(text))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "standout:0.5 | standout:0.5",
                "standout:0.25,beta=-1.5,alpha=2 | standout:0.25,alpha=2.0,beta=-1.5",
                "standout:0.5,alpha=1 | standout:0.5",
                "dropconnect:0.5 | dropconnect:0.5",
                "dropconnect:0.5,mask=example,eval=samples,samples=100 | dropconnect:0.5",
                "dropconnect:0.5,eval=mean,mask=batch | dropconnect:0.5,mask=batch,eval=mean",
                "dropconnect:0.5,samples=1000 | dropconnect:0.5,samples=1000",
                "pooling:0.3 | pooling:0.3",
            })
    void shouldReadBackItsOwnTextWithoutUsualOptionsWhenAKindInsideOfLayersIsParsed(String text, String canonical) {
        DropoutSpec spec = DropoutSpec.parse(text);

        assertThat(spec).hasToString(canonical).isEqualTo(DropoutSpec.parse(canonical));
        assertThat(spec.kind().isLayer()).isTrue();
        assertThat(spec.isNone()).isFalse();
    }

    @Test
    void shouldDropUnitsOfPreActivationZeroWithPWhenStandoutHasTheUsualBeta() {
        assertThat(DropoutSpec.parse("standout:0.2").standout().beta())
                .isEqualTo(Math.log(4), org.assertj.core.api.Assertions.within(1e-15));
        assertThat(DropoutSpec.parse("standout:0").isNone()).isTrue();
    }

    @Test
    void shouldRefuseKindsInsideOfLayersOnTheInput() {
        DropoutSpec standout = DropoutSpec.parse("standout:0.5");
        assertThatThrownBy(
                        () -> new ModelConfig("mlp", Activation.RELU, DropoutSpec.NONE, standout, Regularisation.NONE))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("input", "--dropout standout:0.5");
    }

    @Test
    void shouldRefuseCutoutOnHiddenLayersAndWarnOfAlphaWithoutSelu() {
        DropoutSpec cutout = DropoutSpec.parse("cutout:8");
        DropoutSpec alpha = DropoutSpec.parse("alpha:0.1");

        assertThatThrownBy(
                        () -> new ModelConfig("lenet", Activation.RELU, cutout, DropoutSpec.NONE, Regularisation.NONE))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("--input-dropout cutout:8");
        assertThat(new ModelConfig("mlp", Activation.RELU, alpha, cutout, Regularisation.NONE).warnings())
                .singleElement()
                .asString()
                .contains("alpha:0.1", "relu", "--activation selu");
        assertThat(new ModelConfig("mlp", Activation.SELU, alpha, cutout, Regularisation.NONE).warnings())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"gradients, true, 0", "parameters:1, false, 1", "parameters:64, false, 64"})
    void shouldReadBackItsOwnTextWhenAnExchangeIsParsed(String text, boolean gradients, int localSteps) {
        ExchangeMode mode = ExchangeMode.parse(text);

        assertThat(mode).isEqualTo(new ExchangeMode(localSteps)).hasToString(text);
        assertThat(mode.isGradients()).isEqualTo(gradients);
    }

    @ParameterizedTest
    @CsvSource({"relu, RELU", "leaky-relu, LEAKYRELU", "LeakyReLU, LEAKYRELU", "prelu, PRELU", "tanh, TANH"})
    void shouldAcceptHyphensAndCapitalsWhenAnActivationIsParsed(String text, Activation activation) {
        assertThat(Activation.parse(text)).isEqualTo(activation);
    }

    @ParameterizedTest
    @MethodSource("augmentations")
    void shouldTakeEachPartWhenAugmentationIsParsed(String text, String canonical, Augmentation expected) {
        Augmentation found = Augmentation.parse(text);

        assertThat(found).isEqualTo(expected).hasToString(canonical);
        assertThat(Augmentation.parse(canonical)).isEqualTo(found);
        assertThat(found.isNone()).isEqualTo(canonical.equals("none"));
    }

    private static Stream<Arguments> augmentations() {
        return Stream.of(
                arguments("none", "none", Augmentation.NONE),
                arguments("shift:0,crop:0", "none", Augmentation.NONE),
                arguments("shift:2", "shift:2", new Augmentation(2, 0, false, 0)),
                arguments("rotate:7.5", "rotate:7.5", new Augmentation(0, 7.5, false, 0)),
                arguments(
                        "crop:4,flip,rotate:10,shift:2",
                        "shift:2,rotate:10.0,flip,crop:4",
                        new Augmentation(2, 10, true, 4)));
    }

    @Test
    void shouldWarnWhenDigitsAreMirrored() {
        Augmentation flip = Augmentation.parse("flip,shift:2");

        assertThat(flip.warnings("mnist")).singleElement().asString().contains("flip", "mnist");
        assertThat(flip.warnings("cifar10")).isEmpty();
        assertThat(Augmentation.parse("shift:2").warnings("mnist")).isEmpty();
    }
}
