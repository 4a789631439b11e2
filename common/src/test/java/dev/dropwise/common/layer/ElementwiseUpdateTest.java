package dev.dropwise.common.layer;

import static dev.dropwise.common.layer.SampleNetworks.dense;
import static dev.dropwise.common.layer.SampleNetworks.mlp;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.dropwise.common.batch.NativeFloats;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Oracle: the update of all parameters at once. */
@Timeout(60)
class ElementwiseUpdateTest {
    private static final long SEED = 20_261_121;
    private static final int STEPS = 6;

    static Stream<Arguments> networks() {
        MapSchedule schedule = new MapSchedule.Builder(ScheduleType.ITERATION)
                .add(0, 0.1)
                .add(3, 0.01)
                .build();
        return Stream.of(
                Arguments.of("adam", normalised(SampleNetworks.builder(new Adam(1e-3)))),
                Arguments.of("nesterovs", normalised(SampleNetworks.builder(new Nesterovs(0.1, 0.9)))),
                Arguments.of("descent", normalised(SampleNetworks.builder(new Sgd(0.1)))),
                Arguments.of("schedule", normalised(SampleNetworks.builder(new Nesterovs(schedule, 0.9)))),
                Arguments.of(
                        "another updater for biases",
                        normalised(SampleNetworks.builder(new Adam(1e-3)).biasUpdater(new Sgd(0.1)))),
                Arguments.of(
                        "sum", normalised(SampleNetworks.builder(new Adam(1e-3)).miniBatch(false))),
                Arguments.of(
                        "one block",
                        mlp(SampleNetworks.builder(new Adam(1e-3)), dense()).build()),
                Arguments.of(
                        "max-norm",
                        normalised(
                                SampleNetworks.builder(new Sgd(0.1)).constrainWeights(new MaxNormConstraint(0.5, 1)))));
    }

    private static MultiLayerConfiguration normalised(NeuralNetConfiguration.Builder builder) {
        return builder.list()
                .layer(dense().nIn(20).nOut(33).build())
                .layer(new BatchNormalization.Builder().nIn(33).nOut(33).build())
                .layer(dense().nIn(33).nOut(17).build())
                .layer(new BatchNormalization.Builder(true).nIn(17).nOut(17).build())
                .layer(Nets.output(17).build())
                .build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void shouldGiveTheBitsOfOneUpdateWhenItIsCutIntoRangesAnywhere(String name, MultiLayerConfiguration conf) {
        // given
        MultiLayerNetwork expected = network(conf);
        MultiLayerNetwork found = network(conf);
        TrainingStep whole = new TrainingStep(expected);
        TrainingStep cut = new TrainingStep(found);
        ElementwiseUpdate update = cut.elementwise().orElseThrow();
        Random random = new Random(SEED);
        float[] start = NativeFloats.copyOf(expected.params());
        for (int step = 0; step < STEPS; step++) {
            // By powers of two division is done by multiplication, statistics are always multiplied.
            int examples = step % 2 == 0 ? 103 : 64;
            float[] gradient = gradient(random, start.length);
            NativeFloats.set(whole.gradientSum(), gradient);

            // when
            scaleStatistics(expected, whole.gradientSum(), 1.0 / examples);
            whole.update(examples, step, 0);
            update.begin(examples, step, 0);
            applyInPieces(update, random, gradient);
            cut.finishUpdate(step, 0);

            // then
            assertThat(NativeFloats.copyOf(found.params()))
                    .as("step %d, seed %d", step, SEED)
                    .isEqualTo(NativeFloats.copyOf(expected.params()));
            assertThat(state(found)).isEqualTo(state(expected));
            assertThat(found.getIterationCount()).isEqualTo(expected.getIterationCount());
        }
        assertThat(NativeFloats.copyOf(expected.params())).isNotEqualTo(start);
    }

    /** What the worker does to the deltas of running statistics before an update of the whole. */
    private static void scaleStatistics(MultiLayerNetwork network, INDArray gradient, double factor) {
        INDArray flat = gradient.reshape(gradient.length());
        long offset = 0;
        for (Layer layer : network.getLayers()) {
            if (layer.conf().getLayer() instanceof BatchNormalization norm) {
                long first = offset + (norm.isLockGammaBeta() ? 0 : 2 * norm.getNOut());
                flat.get(NDArrayIndex.interval(first, first + 2 * norm.getNOut()))
                        .muli(factor);
            }
            offset += layer.numParams();
        }
    }

    private static void applyInPieces(ElementwiseUpdate update, Random random, float[] gradient) {
        int parameters = gradient.length;
        List<int[]> pieces = new ArrayList<>();
        for (int at = 0; at < parameters; ) {
            int count = Math.min(1 + random.nextInt(random.nextBoolean() ? 7 : 900), parameters - at);
            pieces.add(new int[] {at, count});
            at += count;
        }
        Collections.shuffle(pieces, random);
        pieces.forEach(piece -> update.apply(
                piece[0],
                piece[1],
                FloatBuffer.wrap(gradient, piece[0], piece[1]).slice()));
    }

    static Stream<Arguments> wholes() {
        Adam adam = new Adam(1e-3);
        return Stream.of(
                Arguments.of("l2", SampleNetworks.builder(adam).l2(1e-3)),
                Arguments.of("weight decay", SampleNetworks.builder(adam).weightDecay(1e-2)),
                Arguments.of("rmsprop", SampleNetworks.builder(new RmsProp(1e-3))),
                Arguments.of("double", SampleNetworks.builder(adam).dataType(DataType.DOUBLE)),
                Arguments.of(
                        "clipping",
                        SampleNetworks.builder(adam)
                                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                                .gradientNormalizationThreshold(0.1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholes")
    void shouldHaveNoRangesWhenAnUpdateNeedsMore(String name, NeuralNetConfiguration.Builder builder) {
        TrainingStep step = new TrainingStep(network(mlp(builder, dense()).build()));

        assertThat(step.elementwise()).isEmpty();
    }

    @Test
    void shouldNameTheStateOfEveryParameterWhenARangeIsUpdated() {
        // given
        MultiLayerNetwork network = network(normalised(SampleNetworks.builder(new Adam(1e-3))));
        TrainingStep step = new TrainingStep(network);
        ElementwiseUpdate update = step.elementwise().orElseThrow();
        int parameters = (int) network.numParams();
        float[] gradient = gradient(new Random(SEED), parameters);
        int from = 500;
        int end = parameters - 300;

        // when
        update.begin(32, 0, 0);
        update.apply(
                from, end - from, FloatBuffer.wrap(gradient, from, end - from).slice());

        // then: moments of the range are no longer zero, all others are
        int named = 0;
        int moved = 0;
        for (ElementwiseUpdate.State each : update.states()) {
            float[] values = NativeFloats.copyOf(each.values());
            for (int i = 0; i < values.length; i++) {
                int parameter = each.firstParameter() + i;
                assertThat(values[i] != 0)
                        .as("state of parameter " + parameter)
                        .isEqualTo(parameter >= from && parameter < end);
                moved += values[i] != 0 ? 1 : 0;
            }
            named += values.length;
        }
        float[] state = state(network);
        assertThat(named).isEqualTo(state.length);
        int nonZero = 0;
        for (float value : state) {
            nonZero += value != 0 ? 1 : 0;
        }
        assertThat(moved).isPositive().isEqualTo(nonZero);
    }

    @Test
    void shouldAllocateNothingWhenRangesAreUpdated() {
        MultiLayerNetwork network = network(normalised(SampleNetworks.builder(new Adam(1e-3))));
        ElementwiseUpdate update = new TrainingStep(network).elementwise().orElseThrow();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        FloatBuffer gradients = FloatBuffer.wrap(gradient(new Random(SEED), 900));
        update.begin(32, 0, 0);
        update.apply(3, 900, gradients);

        long before = threads.getCurrentThreadAllocatedBytes();
        update.apply(3, 900, gradients);
        long after = threads.getCurrentThreadAllocatedBytes();

        assertThat(after - before).isZero();
    }

    private static float[] gradient(Random random, int length) {
        float[] gradient = new float[length];
        for (int i = 0; i < length; i++) {
            gradient[i] = (0.1f + random.nextFloat()) * (random.nextBoolean() ? 10 : -10);
        }
        return gradient;
    }

    private static float[] state(MultiLayerNetwork network) {
        INDArray state = network.getUpdater().getStateViewArray();
        return state == null || state.isEmpty() ? new float[0] : NativeFloats.copyOf(state);
    }

    private static MultiLayerNetwork network(MultiLayerConfiguration conf) {
        MultiLayerNetwork network = new MultiLayerNetwork(conf.clone());
        network.init();
        return network;
    }
}
