package dev.dropwise.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.failure.DropwiseException;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class TrainOptionsTest {
    @Test
    void shouldTakeADropoutWithItsOptionAsOneValueWhenItHoldsACommaAndAnEqualsSign() {
        ModelConfig model = parse("--model", "lenet", "--dropout", "dropblock:0.1,block=5", "--input-dropout=cutout:8");

        assertThat(model.dropout()).isEqualTo(new DropoutSpec(DropoutSpec.Kind.DROPBLOCK, 0.1, 5));
        assertThat(model.inputDropout()).isEqualTo(new DropoutSpec(DropoutSpec.Kind.CUTOUT, 0, 8));
        assertThat(parse().dropout()).isEqualTo(DropoutSpec.parse("inverted:0.5"));
    }

    @Test
    void shouldNameTheNearestKindWhenADropoutIsMisspelt() {
        assertThatThrownBy(() -> parse("--dropout", "spacial:0.5"))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("did you mean 'spatial'?");
    }

    @Test
    void shouldTakeAnAugmentationAsOneValueWhenItHoldsCommas() {
        TrainConfig config = CommandLine.populateCommand(
                        new TrainOptions(), "--augment", "shift:2,rotate:10,flip,crop:4")
                .config(2, new Configuration());

        assertThat(config.augmentation()).isEqualTo(new Augmentation(2, 10, true, 4));
        assertThat(config.warnings()).singleElement().asString().contains("flip", "digits");
        assertThat(CommandLine.populateCommand(new TrainOptions())
                        .config(2, new Configuration())
                        .augmentation())
                .isEqualTo(Augmentation.NONE);
    }

    @Test
    void shouldRefuseADirectoryOfDataWhenNoSetThatLiesInOneIsNamed() {
        assertThatThrownBy(() -> config("--data-dir", "/data/mnist"))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("--data-dir /data/mnist has no effect on --data digits", "--data mnist");
        assertThat(config("--data", "mnist", "--data-dir", "/data/mnist").data().name())
                .isEqualTo("mnist");
    }

    @Test
    void shouldCentrePixelsAndLookAtTrainingExamplesWhenAskedTo() {
        TrainConfig config = config("--normalise", "centred", "--train-accuracy");

        assertThat(config.data().pixels()).isEqualTo(PixelScale.CENTRED);
        assertThat(config.schedule().trainAccuracy()).isTrue();
        assertThat(config().data().pixels()).isEqualTo(PixelScale.STANDARD);
        assertThat(config().schedule().trainAccuracy()).isFalse();
        assertThatThrownBy(() -> config("--normalise", "centered"))
                .isInstanceOf(DropwiseException.class)
                .hasMessage("normalise 'centered' is unknown; known: standard, centred");
    }

    @Test
    void shouldLetTheLearningRateFallOverAllEpochsUnlessToldOtherwise() {
        assertThat(config("--epochs", "20", "--learning-rate-schedule", "cosine,warmup=2")
                        .updater()
                        .schedule())
                .hasToString("cosine,epochs=20,warmup=2");
        assertThat(config("--epochs", "20", "--learning-rate-schedule=linear,epochs=40")
                        .updater()
                        .schedule()
                        .at(19))
                .isEqualTo(1 - 19.0 / 40);
        assertThat(config().updater().schedule().isConstant()).isTrue();
    }

    @Test
    void shouldSampleTheTrainingSetWhenAskedTo() {
        assertThat(config("--train-limit", "500", "--train-sample").data().sampled())
                .isTrue();
        assertThat(config("--train-limit", "500", "--train-sample=false").data().sampled())
                .isFalse();
        assertThat(config("--train-limit", "500").data().sampled()).isFalse();
    }

    @Test
    void shouldStayOnWhenAFlagIsTypedAgainAndTheRunThatGoesOnHadIt() {
        TrainOptions options = new TrainOptions();
        CommandLine line = new CommandLine(options);
        line.setDefaultValueProvider(
                option -> ((OptionSpec) option).longestName().matches("--train-(sample|accuracy)") ? "true" : null);

        line.parseArgs("--train-sample", "--train-accuracy");
        assertThat(options.trainSample).isTrue();
        assertThat(options.trainAccuracy).isTrue();

        line.parseArgs();
        assertThat(options.trainSample).isTrue();
        assertThat(options.trainAccuracy).isTrue();

        line.parseArgs("--train-sample=false");
        assertThat(options.trainSample).isFalse();
    }

    private static ModelConfig parse(String... arguments) {
        return config(arguments).model();
    }

    private static TrainConfig config(String... arguments) {
        return CommandLine.populateCommand(new TrainOptions(), arguments).config(2, new Configuration());
    }
}
