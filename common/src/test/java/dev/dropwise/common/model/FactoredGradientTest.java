package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.layer.BackwardListener;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.layer.SufficientFactors;
import dev.dropwise.common.layer.TrainingStep;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Oracle: the same pass with every gradient multiplied out. */
class FactoredGradientTest {
    private static final ImageShape IMAGE = new ImageShape(1, 20, 20);
    private static final int BATCH = 128;
    private static final int CLASSES = 4;

    /** Puts what it is told as factors where the gradient would be. */
    private static final class Multiplying implements BackwardListener {
        private final FloatBuffer gradient;
        private final boolean taking;
        private int finished = Integer.MAX_VALUE;
        private final List<Integer> factored = new ArrayList<>();

        Multiplying(FloatBuffer gradient, boolean taking) {
            this.gradient = gradient;
            this.taking = taking;
        }

        @Override
        public void finished(int from) {
            finished = from;
        }

        @Override
        public boolean takesFactors() {
            return true;
        }

        @Override
        public boolean takes(SufficientFactors factors) {
            assertThat(factors.end()).as("told before its layer is").isLessThan(finished);
            factored.add(factors.from());
            int count = factors.end() - factors.from();
            if (taking) {
                factors.values(factors.from(), count, gradient.slice(factors.from(), count));
            }
            return taking;
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                // dropout | where the weights begin that are told as factors: 400 x 300 + 300 before the second layer
                "inverted:0.7 | 120300 0",
                "standout:0.8 | 120300 0",
                // Masked once more after it is computed.
                "dropconnect:0.7,mask=batch,eval=mean | ",
                // Half of the units of a rectifier are no more than half of them.
                "none | ",
            })
    void shouldTellTheSameGradientBitForBitWhereLayersAreSparse(String dropout, @Nullable String layers) {
        // given
        ModelConfig config = new ModelConfig(
                "mlp:300,200", Activation.RELU, DropoutSpec.parse(dropout), DropoutSpec.NONE, Regularisation.NONE);
        Model model = ModelZoo.model(config, new UpdaterConfig(UpdaterConfig.Kind.SGD, 1, 0), IMAGE, CLASSES, 5);
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(model.configuration()));
        network.init();
        MaskContext masks = new MaskContext(3);
        masks.bind(network);
        masks.moveTo(1, 2, 3);
        TrainingStep step = new TrainingStep(network);
        INDArray features = mostlyZero();
        INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, CLASSES);
        for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        double loss = step.gradient(features.dup(), labels);
        float[] expected = NativeFloats.copyOf(step.gradientSum());

        for (boolean taking : new boolean[] {true, false}) {
            // when
            step.gradientSum().assign(Double.NaN);
            Multiplying listener = new Multiplying(NativeFloats.of(step.gradientSum()), taking);
            double again = step.gradient(features.dup(), labels, listener);

            // then
            assertThat(listener.factored.toString().replaceAll("[^0-9 ]", "")).isEqualTo(layers == null ? "" : layers);
            assertThat(NativeFloats.copyOf(step.gradientSum())).isEqualTo(expected);
            assertThat(again).isEqualTo(loss);
        }
        // And whoever does not take factors gets the gradient as before.
        step.gradient(features.dup(), labels);
        assertThat(NativeFloats.copyOf(step.gradientSum())).isEqualTo(expected);
    }

    private static INDArray mostlyZero() {
        SplittableRandom random = new SplittableRandom(9);
        float[] values = new float[BATCH * IMAGE.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(8) == 0 ? (float) random.nextDouble() : 0;
        }
        return Nd4j.createFromArray(values).reshape(BATCH, IMAGE.length());
    }
}
