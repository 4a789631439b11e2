package dev.dropwise.driver.cli;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.config.RateSchedule;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.WholeFile;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that decide the result of training. */
final class TrainOptions {
    private static final String SHOWN = " (default: ${DEFAULT-VALUE})";

    @Mixin
    DataOptions data = new DataOptions();

    @Option(
            names = "--validation",
            defaultValue = "0.1",
            paramLabel = "N|FRACTION",
            description = "training examples held out for validation" + SHOWN)
    String validation = "";

    @Option(
            names = "--train-limit",
            defaultValue = "0",
            paramLabel = "N",
            description = "training examples used at most; 0 for all" + SHOWN)
    int trainLimit;

    @Option(
            names = "--train-sample",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            paramLabel = "true|false",
            description =
                    "draw the examples of --train-limit, and those held out, from the whole training set by --seed,"
                            + " instead of taking its first")
    boolean trainSample;

    @Option(
            names = "--normalise",
            defaultValue = "standard",
            paramLabel = "HOW",
            description =
                    "standard (grey pixels to 0..1, colours to mean 0 and deviation 1) | centred ((x - mean) / 255);"
                            + " part of the saved model" + SHOWN)
    String normalise = "";

    @Option(
            names = "--train-accuracy",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            paramLabel = "true|false",
            description = "also measure the accuracy on the training examples after each epoch, in eval mode")
    boolean trainAccuracy;

    @Option(
            names = "--model",
            defaultValue = "mlp:500",
            paramLabel = "NAME",
            description = "mlp:H1,H2,... | lenet | lenet5 | cifar-cnn | FILE.json" + SHOWN)
    String model = "";

    @Option(
            names = "--activation",
            defaultValue = "relu",
            paramLabel = "A",
            description = "relu | leakyrelu | prelu | elu | selu | sigmoid | tanh" + SHOWN)
    String activation = "";

    @Option(
            names = "--dropout",
            defaultValue = "inverted:0.5",
            paramLabel = "KIND:P",
            description = "on hidden layers; KIND: inverted, standard, gaussian, alpha, spatial, maxdrop,"
                    + " dropblock[:P,block=SIDE], standout, dropconnect[:P,mask=batch|example], pooling; P is the probability"
                    + " of dropping; or none" + SHOWN)
    String dropout = "";

    @Option(
            names = "--input-dropout",
            defaultValue = "none",
            paramLabel = "KIND:P",
            description = "on the network's input: a kind as above, or cutout:SIDE" + SHOWN)
    String inputDropout = "";

    @Option(names = "--l1", defaultValue = "0", paramLabel = "X", description = "L1 coefficient of weights" + SHOWN)
    double l1;

    @Option(names = "--l2", defaultValue = "0", paramLabel = "X", description = "L2 coefficient of weights" + SHOWN)
    double l2;

    @Option(
            names = "--max-norm",
            defaultValue = "0",
            paramLabel = "C",
            description = "bound on the norm of a unit's incoming weights; 0 for none" + SHOWN)
    double maxNorm;

    @Option(
            names = "--augment",
            defaultValue = "none",
            paramLabel = "HOW",
            description =
                    "distort training images anew in every epoch: shift:PIXELS, rotate:DEGREES, flip, crop:PIXELS,"
                            + " separated by commas; or none" + SHOWN)
    String augment = "";

    @Option(
            names = "--updater",
            defaultValue = "adam",
            paramLabel = "RULE",
            description = "adam | nesterovs | sgd" + SHOWN)
    String updater = "";

    @Option(names = "--learning-rate", defaultValue = "0.001", paramLabel = "X", description = "step size" + SHOWN)
    double learningRate;

    @Option(
            names = "--learning-rate-schedule",
            defaultValue = "constant",
            paramLabel = "HOW",
            description =
                    "what becomes of it epoch by epoch: constant | linear | cosine (both towards nothing, which they would"
                            + " reach with one more epoch) | step:FACTOR,every=EPOCHS; with ,warmup=EPOCHS it rises first"
                            + SHOWN)
    String rateSchedule = "";

    @Option(names = "--momentum", defaultValue = "0.9", paramLabel = "M", description = "of nesterovs" + SHOWN)
    double momentum;

    @Option(
            names = "--epochs",
            defaultValue = "10",
            paramLabel = "E",
            description = "passes over the training set" + SHOWN)
    int epochs;

    @Option(
            names = "--batch-size",
            defaultValue = "64",
            paramLabel = "B",
            description = "examples of one shard in a step; the global batch is S times that" + SHOWN)
    int batchSize;

    @Option(
            names = "--shards",
            paramLabel = "S",
            description =
                    "logical parts of the training set; the result depends on them, not on workers (default: as many as"
                            + " workers)")
    @Nullable
    Integer shards;

    @Option(
            names = "--exchange",
            defaultValue = "gradients",
            paramLabel = "MODE",
            description = "gradients | parameters:K" + SHOWN)
    String exchange = "";

    @Option(
            names = "--early-stopping",
            defaultValue = "0",
            paramLabel = "PATIENCE",
            description = "stop after so many epochs without a better validation accuracy; 0 never" + SHOWN)
    int patience;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "root of all randomness" + SHOWN)
    long seed;

    TrainConfig config(int workers, Configuration hadoop) {
        return new TrainConfig(
                data.config(validation, trainLimit, hadoop).sampled(trainSample).with(PixelScale.parse(normalise)),
                new ModelConfig(
                        model,
                        definition(hadoop),
                        Activation.parse(activation),
                        DropoutSpec.parse(dropout),
                        DropoutSpec.parse(inputDropout),
                        new Regularisation(l1, l2, maxNorm)),
                new UpdaterConfig(
                        UpdaterConfig.Kind.parse(updater),
                        learningRate,
                        momentum,
                        RateSchedule.parse(rateSchedule, epochs)),
                new ScheduleConfig(
                        epochs,
                        batchSize,
                        shards == null ? workers : shards,
                        patience,
                        ExchangeMode.parse(exchange),
                        trainAccuracy),
                Augmentation.parse(augment),
                seed);
    }

    /** The text of a network that is named by a file; empty for one of the zoo. */
    private String definition(Configuration hadoop) {
        if (!model.endsWith(".json")) {
            return "";
        }
        return new WholeFile(new Path(HadoopProperties.qualified(model, hadoop)), hadoop)
                .read()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElseThrow(() -> DropwiseException.configuration("model " + model
                        + ": expected the JSON of a MultiLayerConfiguration, found no such file; check the path"));
    }
}
