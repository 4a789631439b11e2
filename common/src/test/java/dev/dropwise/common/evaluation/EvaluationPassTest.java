package dev.dropwise.common.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
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
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelZoo;
import java.util.Random;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EvaluationPassTest {
    private static final ImageShape SHAPE = new ImageShape(1, 12, 12);
    private static final int CLASSES = 10;
    private static final long SEED = 11;

    @ParameterizedTest
    // More and fewer than the 500 that are evaluated at once, and neither a multiple of it.
    @CsvSource({"mlp:20+bn, 3", "mlp:20+bn, 500", "mlp:20+bn, 1203", "lenet, 37"})
    void shouldCountWhatANaiveLoopCountsWhenANetworkHasDropoutAndBatchNorm(String model, int count) {
        // given
        MultiLayerNetwork network = network(model);
        Examples examples = examples(count);

        // when
        Tally tally = pass(network, model).tally(new ExampleBlock(examples, Normalisation.of(SHAPE)));

        // then
        long correct = 0;
        double lossSum = 0;
        for (int i = 0; i < count; i++) {
            double[] probabilities = network.output(image(examples, i, !model.startsWith("mlp")), false)
                    .toDoubleVector();
            int best = 0;
            for (int c = 0; c < CLASSES; c++) {
                best = probabilities[c] > probabilities[best] ? c : best;
            }
            correct += best == examples.labels()[i] ? 1 : 0;
            lossSum -= Math.log(probabilities[examples.labels()[i]]);
        }
        assertThat(tally.examples()).isEqualTo(count);
        assertThat(tally.correct()).isEqualTo(correct);
        assertThat(tally.lossSum()).isCloseTo(lossSum, within(1e-5 * count));
    }

    @Test
    void shouldGiveTheSameBitsWhenABlockIsEvaluatedTwice() {
        MultiLayerNetwork network = network("mlp:20");
        ExampleBlock block = new ExampleBlock(examples(700), Normalisation.of(SHAPE));

        Tally first = pass(network, "mlp:20").tally(block);
        Tally second = pass(network, "mlp:20").tally(block);

        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldCountNothingWhenTheBlockIsEmpty() {
        ExampleBlock empty = new ExampleBlock(examples(0), Normalisation.of(SHAPE));

        assertThat(pass(network("mlp:20"), "mlp:20").tally(empty)).isEqualTo(Tally.NONE);
    }

    @Test
    void shouldStayFiniteWhenTheLabelsProbabilityIsZero() {
        // given
        MultiLayerNetwork network = network("mlp:20");
        network.params().muli(1000);
        ExampleBlock block = new ExampleBlock(examples(50), Normalisation.of(SHAPE));

        // when
        Tally tally = pass(network, "mlp:20").tally(block);

        // then
        assertThat(tally.correct()).isLessThan(50);
        assertThat(tally.loss()).isFinite().isPositive().isLessThanOrEqualTo(-Math.log(1e-30) + 1e-9);
    }

    @Test
    void shouldTakeTheFirstWhenSeveralClassesAreMostProbable() {
        float[] rows = {0.1f, 0.9f, 0.2f, 0.4f, 0.4f, 0.2f};

        assertThat(EvaluationPass.mostProbable(rows, 0, 3)).isEqualTo(1);
        assertThat(EvaluationPass.mostProbable(rows, 3, 3)).isZero();
    }

    private static EvaluationPass pass(MultiLayerNetwork network, String model) {
        return new EvaluationPass(network, new MiniBatchBuffers(SHAPE, model.startsWith("mlp"), CLASSES));
    }

    private static MultiLayerNetwork network(String name) {
        DropoutSpec half = DropoutSpec.parse("0.5");
        Model model = ModelZoo.model(
                new ModelConfig(name, Activation.RELU, half, half, Regularisation.NONE),
                new UpdaterConfig(UpdaterConfig.Kind.SGD, 0.1, 0),
                SHAPE,
                CLASSES,
                SEED);
        MultiLayerNetwork network = new MultiLayerNetwork(model.configuration().clone());
        network.init();
        new MaskContext(SEED).bind(network);
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

    private static INDArray image(Examples examples, int example, boolean square) {
        java.nio.FloatBuffer floats = java.nio.FloatBuffer.allocate(SHAPE.length());
        Normalisation.of(SHAPE).apply(examples.pixels(), example, 1, SHAPE, floats);
        INDArray flat = Nd4j.createFromArray(floats.array()).castTo(DataType.FLOAT);
        return square ? flat.reshape(1, 1, 12, 12) : flat.reshape(1, SHAPE.length());
    }
}
