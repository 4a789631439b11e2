package dev.dropwise.common.model;

import dev.dropwise.common.layer.FastLayers;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.PReLU;
import org.deeplearning4j.nn.params.PReLUParamInitializer;
import org.deeplearning4j.nn.weights.WeightInitConstant;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * PReLU (He et al., "Delving Deep into Rectifiers", 2015) whose gradient takes mini-batches of any size: the native
 * {@code prelu_bp} behind Deeplearning4j's own layer is wrong for many values per slope. A slope belongs to a unit, or to all units
 * along the shared axes (2 and 3 for one per channel of images). Same parameters and outputs as the stock layer, which
 * {@link #stock} gives for export.
 */
public final class AnyBatchPReLU extends PReLULayer {
    private static final long serialVersionUID = 1L;
    private static final double INITIAL_SLOPE = 0.25;

    /** For Jackson. */
    public AnyBatchPReLU() {}

    static AnyBatchPReLU perUnit(long units) {
        return configured(new AnyBatchPReLU(), new long[] {units});
    }

    static AnyBatchPReLU perChannel(long channels, long height, long width) {
        AnyBatchPReLU layer = configured(new AnyBatchPReLU(), new long[] {channels, height, width});
        layer.setSharedAxes(new long[] {2, 3});
        return layer;
    }

    /** As {@code stock}, which stays as it is. */
    static AnyBatchPReLU like(PReLULayer stock) {
        return FastLayers.copied(stock, new AnyBatchPReLU());
    }

    private static AnyBatchPReLU configured(AnyBatchPReLU layer, long[] inputShape) {
        layer.setInputShape(inputShape);
        layer.setWeightInitFn(new WeightInitConstant(INITIAL_SLOPE));
        return layer;
    }

    /** The stock layer with the same parameters and the same outputs. */
    PReLULayer stock() {
        return FastLayers.stripped(this, new PReLULayer());
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration configuration,
            Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType type) {
        Execution layer = new Execution(configuration, type);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(configuration, parameters, initialize));
        return layer;
    }

    /** The layer at work; forward is the stock one's. */
    private static final class Execution extends PReLU {
        private static final long serialVersionUID = 1L;

        Execution(NeuralNetConfiguration configuration, DataType type) {
            super(configuration, type);
        }

        /** The axes of the input, but for that of examples, along which slopes differ. */
        private int[] ownAxes() {
            long[] shared = layerConf().getSharedAxes();
            return IntStream.range(1, input.rank())
                    .filter(axis -> shared == null || Arrays.stream(shared).noneMatch(each -> each == axis))
                    .toArray();
        }

        private int[] sharedAxes(int[] own) {
            return IntStream.range(0, input.rank())
                    .filter(axis -> Arrays.stream(own).noneMatch(each -> each == axis))
                    .toArray();
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            assertInputSet(true);
            INDArray slopes = getParam(PReLUParamInitializer.WEIGHT_KEY);
            INDArray slopeGradient =
                    Objects.requireNonNull(gradientViews.get(PReLUParamInitializer.WEIGHT_KEY), "set by init()");
            INDArray negative = Nd4j.math().min(input, input.like());
            int[] own = ownAxes();
            INDArray perSlope = negative.mul(epsilon).sum(sharedAxes(own));
            slopeGradient.assign(perSlope.reshape(slopeGradient.shape()));

            // 1 + (slope - 1) [x < 0], times epsilon.
            INDArray below = input.lt(0).castTo(epsilon.dataType());
            long[] shape = Arrays.stream(own).mapToLong(input::size).toArray();
            INDArray factor = Nd4j.getExecutioner()
                    .exec(new BroadcastMulOp(below, slopes.sub(1).reshape('c', shape), below, own))
                    .addi(1);
            INDArray delta = workspaces.createUninitialized(
                    ArrayType.ACTIVATION_GRAD, epsilon.dataType(), epsilon.shape(), epsilon.ordering());
            factor.muli(epsilon, delta);
            Gradient gradient = new DefaultGradient();
            gradient.setGradientFor(PReLUParamInitializer.WEIGHT_KEY, slopeGradient, 'c');
            return new Pair<>(gradient, backpropDropOutIfPresent(delta));
        }
    }
}
