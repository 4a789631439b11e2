package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.PReLUParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** The way back against plain loops, for more values per slope than the stock layer takes. */
class AnyBatchPReLUTest {
    private static final LayerWorkspaceMgr WORKSPACES = LayerWorkspaceMgr.noWorkspaces();

    /**
     * What slopes belong to.
     *
     * @param input shape, examples first
     * @param shared axes; none for a slope per unit
     * @param slopes shape of the parameters
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed to one test, never compared.
    private record Row(long[] input, long[] shared, long[] slopes) {
        @Override
        public String toString() {
            return List.of(input.length, shared.length, slopes.length).toString();
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                new Row(new long[] {100, 5}, new long[] {}, new long[] {5}),
                new Row(new long[] {20, 3, 4, 6}, new long[] {2, 3}, new long[] {3, 1, 1}),
                new Row(new long[] {100, 3, 2, 4}, new long[] {}, new long[] {3, 2, 4}),
                new Row(new long[] {30, 3, 4, 6}, new long[] {3}, new long[] {3, 4, 1}));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void shouldGiveTheGradientsOfAPlainLoopWhenSlopesAreSharedAlongAnyAxes(Row row) {
        PReLULayer stock = new PReLULayer();
        long[] units = Arrays.copyOfRange(row.input(), 1, row.input().length);
        stock.setInputShape(units);
        stock.setSharedAxes(row.shared().length == 0 ? null : row.shared());
        NeuralNetConfiguration configuration = new NeuralNetConfiguration();
        configuration.setLayer(AnyBatchPReLU.like(stock));
        INDArray parameters =
                normal(1, Nd4j.create(DataType.DOUBLE, row.slopes()).length());
        Layer layer = configuration
                .getLayer()
                .instantiate(configuration, List.of(), 0, parameters.reshape(1, -1), false, DataType.DOUBLE);
        INDArray slopes = layer.getParam(PReLUParamInitializer.WEIGHT_KEY);
        assertThat(slopes.shape()).isEqualTo(row.slopes());
        INDArray gradients = Nd4j.zeros(DataType.DOUBLE, 1, parameters.length());
        layer.setBackpropGradientsViewArray(gradients);
        INDArray input = normal(2, row.input());
        INDArray epsilon = normal(3, row.input());

        INDArray output = layer.activate(input.dup(), true, WORKSPACES);
        layer.setInput(input, WORKSPACES);
        Pair<Gradient, INDArray> back = layer.backpropGradient(epsilon.dup(), WORKSPACES);

        INDArray slopeGradient = back.getFirst().getGradientFor(PReLUParamInitializer.WEIGHT_KEY);
        INDArray expected = Nd4j.zeros(DataType.DOUBLE, row.slopes());
        for (long i = 0; i < input.length(); i++) {
            long[] at = Shape.ind2subC(row.input(), i);
            long[] slopeAt = Arrays.copyOfRange(at, 1, at.length);
            for (long axis : row.shared()) {
                slopeAt[(int) axis - 1] = 0;
            }
            double x = input.getDouble(at);
            double slope = x < 0 ? slopes.getDouble(slopeAt) : 1;
            assertThat(output.getDouble(at)).isCloseTo(slope * x, within(1e-12));
            assertThat(back.getSecond().getDouble(at)).isCloseTo(slope * epsilon.getDouble(at), within(1e-12));
            expected.putScalar(slopeAt, expected.getDouble(slopeAt) + Math.min(0, x) * epsilon.getDouble(at));
        }
        assertThat(slopeGradient.equalsWithEps(expected.reshape(slopeGradient.shape()), 1e-10))
                .isTrue();
    }

    private static INDArray normal(long seed, long... shape) {
        Random random = new Random(seed);
        INDArray array = Nd4j.create(DataType.DOUBLE, shape);
        for (long i = 0; i < array.length(); i++) {
            array.putScalar(i, random.nextGaussian());
        }
        return array;
    }
}
