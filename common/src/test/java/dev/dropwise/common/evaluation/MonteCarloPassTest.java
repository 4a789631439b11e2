package dev.dropwise.common.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.dropout.InvertedDropout;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.dropout.MaskKeying;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelZoo;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.Arrays;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class MonteCarloPassTest {
    private static final ImageShape SHAPE = new ImageShape(1, 12, 12);
    private static final int CLASSES = 10;
    private static final long SEED = 11;
    private static final MonteCarlo FIVE = new MonteCarlo(5, 99);

    @ParameterizedTest
    @CsvSource({
        "mlp:20, 0.5, 0.2",
        "'mlp:20,15', 0.5, none",
        "'mlp:20,15', standard:0.5, none",
        "lenet, 0.5, none",
        "cifar-cnn, spatial:0.3, none",
        "lenet, none, cutout:4",
        "'mlp:20,15', standout:0.5, none",
        "'mlp:20,15', 'dropconnect:0.5,samples=3', none",
        "lenet, pooling:0.3, none"
    })
    void shouldAgreeWithANaiveLoopOverTheWholeNetworkWhenLayersBelowAreComputedOnce(
            String model, String dropout, String inputDropout) {
        // given
        ExampleBlock block = block(examples(37));
        MultiLayerNetwork naive = network(model, dropout, inputDropout);
        StreamKey root = StreamKey.of(99, Purpose.MONTE_CARLO);
        MaskKeying keying = (example, site, pass, step) ->
                root.with(example).with(site).with(pass).value();
        MaskContext masks = new MaskContext(keying, 0);
        masks.bind(naive);
        PassMoments moments = new PassMoments(37, CLASSES);
        INDArray features = buffers(model).gather(block, 0, 37).features();
        for (int pass = 0; pass < 5; pass++) {
            masks.moveTo(1000, pass, 0);
            moments.add(naive.output(features, true).dup('c').data().asFloat());
        }
        Uncertainty expected = moments.uncertainty();

        // when
        Uncertainty found = pass(model, dropout, inputDropout, FIVE).uncertainty(block, 1000);

        // then
        assertThat(found.means()).containsExactly(expected.means(), within(1e-6f));
        assertThat(found.variances()).containsExactly(expected.variances(), within(1e-6f));
        assertThat(found.entropies()).containsExactly(expected.entropies(), within(1e-5));
        assertThat(found.mutualInformation()).containsExactly(expected.mutualInformation(), within(1e-5));
        assertThat(Arrays.stream(found.mutualInformation()).min().orElseThrow()).isPositive();
    }

    @Test
    void shouldLieWithinThreeStandardErrorsOfTheClosedFormWhenTheNetworkIsLinear() {
        // given y = sum of w x m / q with m ~ Bernoulli(q): cumulants of y are sums of those of its terms
        int passes = 4000;
        double q = 0.7;
        MultiLayerNetwork network = linear(1 - q);
        Examples images = examples(12);
        MonteCarloPass pass =
                new MonteCarloPass(network, new MiniBatchBuffers(SHAPE, true, 2), new MonteCarlo(passes, 5));

        // when
        Uncertainty found = pass.uncertainty(block(images), 0);

        // then
        INDArray weights = network.getParam("0_W");
        for (int example = 0; example < 12; example++) {
            for (int output = 0; output < 2; output++) {
                double mean = network.getParam("0_b").getDouble(output);
                double variance = 0;
                double fourth = 0;
                for (int i = 0; i < SHAPE.length(); i++) {
                    int pixel = images.pixels()[example * SHAPE.length() + i] & 0xFF;
                    double term = weights.getDouble(i, output) * pixel / 255 / q;
                    mean += term * q;
                    variance += term * term * q * (1 - q);
                    fourth += Math.pow(term, 4) * q * (1 - q) * (1 - 6 * q * (1 - q));
                }
                int at = example * 2 + output;
                assertThat((double) found.means()[at])
                        .as("mean of example %d output %d", example, output)
                        .isCloseTo(mean, within(3 * Math.sqrt(variance / passes)));
                assertThat((double) found.variances()[at])
                        .as("variance of example %d output %d", example, output)
                        .isCloseTo(variance, within(3 * Math.sqrt((2 * variance * variance + fourth) / passes)));
            }
        }
    }

    @Test
    void shouldGiveTheSameBitsWhenAskedTwiceAndOthersWhenTheSeedChanges() {
        ExampleBlock block = block(examples(60));

        UncertaintyTally first = pass("mlp:20", "0.5", "0.2", FIVE).tally(block, 0);
        MonteCarloPass again = pass("mlp:20", "0.5", "0.2", FIVE);

        assertThat(again.tally(block, 0)).isEqualTo(first);
        assertThat(again.tally(block, 0)).isEqualTo(first);
        assertThat(pass("mlp:20", "0.5", "0.2", new MonteCarlo(5, 98)).tally(block, 0))
                .isNotEqualTo(first);
    }

    @Test
    void shouldDrawOtherMasksWhenExamplesOrPassesAreOthers() {
        ExampleBlock block = block(examples(1));
        MonteCarlo one = new MonteCarlo(1, 99);

        float[] first = pass("mlp:20", "0.5", "none", one).uncertainty(block, 0).means();
        float[] elsewhere =
                pass("mlp:20", "0.5", "none", one).uncertainty(block, 1).means();
        float[] variances =
                pass("mlp:20", "0.5", "none", FIVE).uncertainty(block, 0).variances();

        assertThat(elsewhere).isNotEqualTo(first);
        assertThat(variances[0]).isPositive();
    }

    @Test
    void shouldGiveAnExampleTheSameNumbersWhicheverBlockItsMiniBatchIsIn() {
        Examples all = examples(700);
        byte[] pixels = Arrays.copyOfRange(all.pixels(), 500 * SHAPE.length(), 700 * SHAPE.length());
        Examples last = new Examples(SHAPE, pixels, Arrays.copyOfRange(all.labels(), 500, 700));

        Uncertainty whole = pass("mlp:20", "0.5", "0.2", FIVE).uncertainty(block(all), 0);
        Uncertainty part = pass("mlp:20", "0.5", "0.2", FIVE).uncertainty(block(last), 500);

        assertThat(Arrays.copyOfRange(whole.means(), 5000, 7000)).containsExactly(part.means());
        assertThat(Arrays.copyOfRange(whole.mutualInformation(), 500, 700)).containsExactly(part.mutualInformation());
        assertThat(whole.count()).isEqualTo(700);
    }

    @Test
    void shouldNotLetOtherExamplesMatterWhenThereIsBatchNorm() {
        // given masks go by row, so the first row's are the same alone and among others
        Examples many = examples(50);
        Examples one = new Examples(SHAPE, Arrays.copyOf(many.pixels(), SHAPE.length()), new byte[1]);

        float[] among = pass("mlp:20+bn", "0.5", "0.2", FIVE)
                .uncertainty(block(many), 0)
                .means();
        float[] alone =
                pass("mlp:20+bn", "0.5", "0.2", FIVE).uncertainty(block(one), 0).means();

        assertThat(Arrays.copyOf(among, CLASSES)).containsExactly(alone, within(1e-6f));
    }

    @Test
    void shouldPredictAsInEvalModeWithoutAnyDoubtWhenNothingIsEverDropped() {
        // given a probability that no draw is below
        ExampleBlock block = block(examples(40));
        MonteCarloPass pass = pass("mlp:20", "inverted:1e-12", "none", new MonteCarlo(10, 1));

        // when
        Uncertainty found = pass.uncertainty(block, 0);
        UncertaintyTally tally = pass.tally(block, 0);

        // then
        assertThat(found.variances()).containsOnly(0);
        assertThat(found.mutualInformation()).containsOnly(0);
        assertThat(tally.mutualInformation()).isZero();
        assertThat(tally.predictive().correct()).isEqualTo(tally.deterministic().correct());
        assertThat(tally.predictive().loss()).isCloseTo(tally.deterministic().loss(), within(1e-6));
        assertThat(tally.entropy())
                .isCloseTo(Arrays.stream(found.entropies()).average().orElseThrow(), within(1e-12));
    }

    @Test
    void shouldCountInEvalModeAsAlwaysBesideTheMeanWhenThereIsDropout() {
        ExampleBlock block = block(examples(600));

        UncertaintyTally tally = pass("mlp:20", "0.5", "0.2", FIVE).tally(block, 0);

        MultiLayerNetwork network = network("mlp:20", "0.5", "0.2");
        assertThat(tally.deterministic()).isEqualTo(new EvaluationPass(network, buffers("mlp:20")).tally(block));
        assertThat(tally.predictive().examples()).isEqualTo(600);
        assertThat(tally.predictive().loss()).isNotEqualTo(tally.deterministic().loss());
    }

    @Test
    void shouldCountNothingWhenTheBlockIsEmpty() {
        assertThat(pass("mlp:20", "0.5", "none", FIVE).tally(block(examples(0)), 0))
                .isEqualTo(UncertaintyTally.NONE);
    }

    @Test
    void shouldRefuseWhenThereIsNoDropoutOrNoPass() {
        assertThatThrownBy(() -> pass("mlp:20", "none", "none", FIVE))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll("monte-carlo", "without any", "--dropout");
        assertThatThrownBy(() -> new MonteCarlo(0, 1))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContainingAll("at least 1 pass", "found 0");
    }

    private static MonteCarloPass pass(String model, String dropout, String inputDropout, MonteCarlo request) {
        return new MonteCarloPass(network(model, dropout, inputDropout), buffers(model), request);
    }

    private static MiniBatchBuffers buffers(String model) {
        return new MiniBatchBuffers(SHAPE, model.startsWith("mlp"), CLASSES);
    }

    private static ExampleBlock block(Examples examples) {
        return new ExampleBlock(examples, Normalisation.of(SHAPE));
    }

    private static MultiLayerNetwork network(String name, String dropout, String inputDropout) {
        Model model = ModelZoo.model(
                new ModelConfig(
                        name,
                        Activation.RELU,
                        DropoutSpec.parse(dropout),
                        DropoutSpec.parse(inputDropout),
                        Regularisation.NONE),
                new UpdaterConfig(UpdaterConfig.Kind.SGD, 0.1, 0),
                SHAPE,
                CLASSES,
                SEED);
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(model.configuration()));
        network.init();
        return network;
    }

    private static MultiLayerNetwork linear(double dropProbability) {
        OutputLayer output = new OutputLayer.Builder(LossFunction.MSE)
                .nIn(SHAPE.length())
                .nOut(2)
                .biasInit(0.25)
                .activation(org.nd4j.linalg.activations.Activation.IDENTITY)
                .build();
        output.setIDropout(new InvertedDropout(dropProbability));
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(DataType.FLOAT)
                .list()
                .layer(output)
                .build());
        network.init();
        return network;
    }

    private static Examples examples(int count) {
        Random random = new Random(SEED);
        byte[] pixels = new byte[count * SHAPE.length()];
        byte[] labels = new byte[count];
        random.nextBytes(pixels);
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(CLASSES);
        }
        return new Examples(SHAPE, pixels, labels);
    }
}
