package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.failure.DropwiseException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What every kind promises, one row a kind, on activations {@code [8, 4, 9, 11]}; all seeds are fixed. */
class DropoutFamilyTest {
    private static final LayerWorkspaceMgr WORKSPACES = LayerWorkspaceMgr.noWorkspaces();
    private static final int HEIGHT = 9;
    private static final int WIDTH = 11;
    private static final ImageShape IMAGE = new ImageShape(4, HEIGHT, WIDTH);
    private static final long[] SHAPE = {8, 4, HEIGHT, WIDTH};
    private static final int DRAWS = 300;
    private static final double STANDARD_ERRORS = 3;

    /** What the mean over all masks is, per unit with the activation x. */
    private enum Mean {
        /** x itself. */
        INPUT,
        /** x (1 - p), which is what evaluation gives. */
        RETAINED,
        /** x for the sum over equal activations of a mini-batch, in each single draw. */
        BATCH,
        /** 0 with variance 1 over inputs of mean 0 and variance 1; nothing is claimed for one x. */
        NORMALISED,
        /** Not that of evaluation. */
        NONE
    }

    /**
     * One kind.
     *
     * @param mean the identity between training and evaluation
     * @param zeros expected fraction of units that are 0
     */
    private record Row(String spec, Mean mean, double zeros) {
        KeyedDropout dropout(long seed, int site) {
            IDropout made =
                    Dropouts.of(DropoutSpec.parse(spec), IMAGE, seed, site).orElseThrow();
            return (KeyedDropout) made;
        }

        @Override
        public String toString() {
            return spec;
        }
    }

    static Stream<Row> kinds() {
        return Stream.of(
                new Row("inverted:0.3", Mean.INPUT, 0.3),
                new Row("standard:0.3", Mean.RETAINED, 0.3),
                new Row("gaussian:0.3", Mean.INPUT, 0),
                new Row("spatial:0.3", Mean.INPUT, 0.3),
                new Row("alpha:0.3", Mean.NORMALISED, 0),
                new Row("dropblock:0.3,block=3", Mean.BATCH, blocksCovering(0.3, 3)),
                new Row("dropblock:0.1,block=9", Mean.BATCH, blocksCovering(0.1, 9)),
                new Row("dropblock:0.2,block=1", Mean.BATCH, 0.2),
                new Row("maxdrop:0.3", Mean.NONE, 0.3 / (HEIGHT * WIDTH)),
                new Row("cutout:4", Mean.NONE, overlap(4, HEIGHT) * overlap(4, WIDTH)),
                new Row("cutout:5", Mean.NONE, overlap(5, HEIGHT) * overlap(5, WIDTH)));
    }

    /** A unit stays when none of the squares that could cover it starts. */
    private static double blocksCovering(double drop, int block) {
        double gamma = drop / (block * block) * HEIGHT * WIDTH / ((HEIGHT - block + 1.0) * (WIDTH - block + 1.0));
        double dropped = 0;
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int rows = Math.min(y, HEIGHT - block) - Math.max(0, y - block + 1) + 1;
                int columns = Math.min(x, WIDTH - block) - Math.max(0, x - block + 1) + 1;
                dropped += 1 - Math.pow(1 - gamma, rows * columns);
            }
        }
        return dropped / (HEIGHT * WIDTH);
    }

    /** The mean fraction of {@code length} pixels that a line of {@code side} pixels around a random centre covers. */
    private static double overlap(int side, int length) {
        double covered = 0;
        for (int centre = 0; centre < length; centre++) {
            int from = Math.max(0, centre - side / 2);
            covered += Math.min(length, centre - side / 2 + side) - from;
        }
        return covered / length / length;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldHaveTheMeanThatThePaperClaimsWhenAveragedOverMasks(Row row) {
        KeyedDropout dropout = row.dropout(11, 0);
        INDArray input =
                row.mean() == Mean.BATCH ? Nd4j.ones(DataType.DOUBLE, SHAPE).muli(1.7) : normal(3);
        double[] sums = new double[DRAWS];
        double[] squares = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            INDArray output = apply(dropout, row.mean() == Mean.NORMALISED ? normal(100 + draw) : input, draw);
            sums[draw] = output.meanNumber().doubleValue();
            squares[draw] = output.mul(output).meanNumber().doubleValue();
        }

        double mean = input.meanNumber().doubleValue();
        switch (row.mean()) {
            case INPUT -> assertMean(sums, mean);
            case RETAINED ->
                assertMean(sums, mean * (1 - DropoutSpec.parse(row.spec()).dropProbability()));
            case BATCH ->
                assertThat(Arrays.stream(sums).map(sum -> Math.abs(sum - 1.7)).max())
                        .hasValueCloseTo(0.0, within(1e-6));
            case NORMALISED -> {
                assertMean(sums, 0);
                assertMean(squares, 1);
            }
            case NONE ->
                assertThat(Arrays.stream(squares).max().orElseThrow())
                        .isLessThan(input.mul(input).meanNumber().doubleValue());
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldDropTheExpectedFractionWhenTraining(Row row) {
        KeyedDropout dropout = row.dropout(12, 1);
        INDArray input = normal(4);
        double[] zeros = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            zeros[draw] = apply(dropout, input, draw)
                    .eq(0)
                    .castTo(DataType.DOUBLE)
                    .meanNumber()
                    .doubleValue();
        }

        assertMean(zeros, row.zeros());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldMatchCentralDifferencesWhenTheMaskIsFixed(Row row) {
        KeyedDropout dropout = row.dropout(13, 2);
        INDArray input = normal(5);
        INDArray weights = normal(6);
        apply(dropout, input, 0);
        INDArray gradient = dropout.backprop(weights.dup(), weights.like(), 0, 0);
        double step = 1e-5;
        double squaredError = 0;
        double squaredNorm = 0;
        for (long i = 0; i < input.length(); i += 7) {
            double numeric =
                    (moved(dropout, input, i, step).mul(weights).sumNumber().doubleValue()
                                    - moved(dropout, input, i, -step)
                                            .mul(weights)
                                            .sumNumber()
                                            .doubleValue())
                            / (2 * step);
            squaredError += Math.pow(numeric - gradient.getDouble(i), 2);
            squaredNorm += numeric * numeric;
        }

        assertThat(Math.sqrt(squaredError / squaredNorm)).isLessThan(1e-7);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldDrawAnotherMaskWhenSeedSiteEpochOrIterationDiffersAndTheSameOtherwise(Row row) {
        INDArray input = normal(7);
        INDArray base = apply(row.dropout(1, 2), input, 3);

        assertThat(apply(row.dropout(1, 2), input, 3)).isEqualTo(base);
        assertThat(apply(row.dropout(9, 2), input, 3)).isNotEqualTo(base);
        assertThat(apply(row.dropout(1, 9), input, 3)).isNotEqualTo(base);
        assertThat(apply(row.dropout(1, 2), input, 9)).isNotEqualTo(base);
        assertThat(row.dropout(1, 2).applyDropout(input, input.like(), 3, 1, WORKSPACES))
                .isNotEqualTo(base);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldNoiseEachExampleInItsOwnWayWhenAllExamplesAreEqual(Row row) {
        INDArray input = normal(8);
        for (int example = 1; example < SHAPE[0]; example++) {
            input.get(NDArrayIndex.point(example)).assign(input.get(NDArrayIndex.point(0)));
        }
        INDArray output = apply(row.dropout(6, 0), input, 0);

        int equalPairs = 0;
        for (int example = 1; example < SHAPE[0]; example++) {
            equalPairs += output.get(NDArrayIndex.point(example)).equals(output.get(NDArrayIndex.point(0))) ? 1 : 0;
        }
        // Max-drop has 16 ways for an example of 4 maps; the fewest of all kinds.
        assertThat(equalPairs).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldGiveTheSameWhenTheInputIsInFOrderAViewInPlaceOrInSinglePrecision(Row row) {
        INDArray input = normal(9);
        INDArray expected = apply(row.dropout(2, 0), input, 0);
        INDArray view = Nd4j.create(DataType.DOUBLE, 10, 4, 12, 22)
                .get(
                        NDArrayIndex.interval(1, 9),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(2, 11),
                        NDArrayIndex.interval(0, 2, 22));
        view.assign(input);

        assertThat(apply(row.dropout(2, 0), input.dup('f'), 0)).isEqualTo(expected);
        assertThat(apply(row.dropout(2, 0), view, 0)).isEqualTo(expected);
        assertThat(row.dropout(2, 0).applyDropout(view, view, 0, 0, WORKSPACES)).isEqualTo(expected);
        INDArray single = apply(row.dropout(2, 0), input.castTo(DataType.FLOAT), 0);
        assertThat(single.dataType()).isEqualTo(DataType.FLOAT);
        assertThat(single.castTo(DataType.DOUBLE).equalsWithEps(expected, 1e-4)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldReadBackWhatItWroteWhenItGoesThroughJsonAndShareNothingWhenCloned(Row row) {
        KeyedDropout dropout = row.dropout(5, 7);
        MultiLayerConfiguration written = new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nIn(4)
                        .nOut(2)
                        .dropOut(dropout)
                        .build())
                .build();

        MultiLayerConfiguration back = MultiLayerConfiguration.fromJson(written.toJson());

        assertThat(back).isEqualTo(written);
        IDropout read = back.getConf(0).getLayer().getIDropout();
        assertThat(read).isEqualTo(dropout).hasSameHashCodeAs(dropout).isNotSameAs(dropout);
        assertThat(read).isNotEqualTo(row.dropout(5, 8)).isNotEqualTo(row.dropout(6, 7));
        INDArray input = normal(10);
        INDArray expected = apply(dropout, input, 1);
        assertThat(read.applyDropout(input, input.like(), 1, 0, WORKSPACES)).isEqualTo(expected);

        KeyedDropout clone = dropout.clone();
        assertThat(clone).isEqualTo(dropout).isNotSameAs(dropout);
        assertThatThrownBy(() -> clone.backprop(input, input.like(), 1, 0)).isInstanceOf(IllegalStateException.class);
        apply(clone, input, 2);
        INDArray ones = Nd4j.ones(DataType.DOUBLE, SHAPE);
        INDArray factors = dropout.backprop(ones, ones.like(), 1, 0);
        KeyedDropout again = row.dropout(5, 7);
        apply(again, input, 1);
        assertThat(factors).isEqualTo(again.backprop(ones, ones.like(), 1, 0));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void shouldPassTheAuditWhenKeysDifferAndFailWhenTwoShardsShareOne(Row row) {
        MaskKeying streams = MaskKeying.of(99);

        assertThatCode(() -> MaskAudit.verify(records(row, streams).records())).doesNotThrowAnyException();
        assertThatThrownBy(() ->
                        MaskAudit.verify(records(row, (shard, site, epoch, step) -> streams.key(0, site, epoch, step))
                                .records()))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContainingAll("(shard 0 site 0 step 0)", "(shard 1 site 0 step 0)", "equal");
    }

    /** Three steps of four shards with 64 examples each. */
    private static MaskContext records(Row row, MaskKeying keying) {
        MaskContext context = new MaskContext(keying, MaskContext.RECORDED_PASSES);
        KeyedDropout dropout = row.dropout(0, 0);
        dropout.bind(new NoiseSite(context, TestNetwork.create(), 0));
        INDArray input = Nd4j.ones(DataType.FLOAT, 64, 4, HEIGHT, WIDTH);
        for (int step = 0; step < 3; step++) {
            for (int shard = 0; shard < 4; shard++) {
                context.moveTo(shard, 0, step);
                apply(dropout, input, 0);
            }
        }
        return context;
    }

    private static INDArray moved(KeyedDropout dropout, INDArray input, long index, double by) {
        INDArray moved = input.dup();
        moved.putScalar(index, moved.getDouble(index) + by);
        return apply(dropout, moved, 0);
    }

    private static INDArray apply(KeyedDropout dropout, INDArray input, int iteration) {
        return dropout.applyDropout(input, input.like(), iteration, 0, WORKSPACES);
    }

    private static INDArray normal(long seed) {
        Random random = new Random(seed);
        double[] values = new double[(int) Arrays.stream(SHAPE).reduce(1, Math::multiplyExact)];
        Arrays.setAll(values, i -> random.nextGaussian());
        return Nd4j.createFromArray(values).reshape(SHAPE);
    }

    private static void assertMean(double[] values, double expected) {
        double mean = 0;
        double squares = 0;
        for (double value : values) {
            mean += value / values.length;
            squares += value * value / values.length;
        }
        double standardError = Math.sqrt(Math.max(0, squares - mean * mean) / values.length);
        assertThat(mean).isCloseTo(expected, within(STANDARD_ERRORS * standardError + 1e-12));
    }
}
