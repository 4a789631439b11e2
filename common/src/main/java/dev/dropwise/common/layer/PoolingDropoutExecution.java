package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.PoolingDropout;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Max-pooling dropout at work, example by example. */
final class PoolingDropoutExecution extends SubsamplingLayer {
    private static final long serialVersionUID = 1L;

    private transient @Nullable PoolingWindows windows;
    private transient long[] shape = new long[0];
    private transient byte[] taken = new byte[0];
    private transient boolean drawn;

    PoolingDropoutExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private PoolingDropout noise() {
        return ((PoolingDropoutLayer) conf.getLayer()).noise();
    }

    private PoolingWindows windows(INDArray maps) {
        PoolingWindows own = windows;
        long[] example = Arrays.copyOfRange(maps.shape(), 1, maps.rank());
        if (own == null || !Arrays.equals(example, shape)) {
            own = new PoolingWindows(
                    example, layerConf().getKernelSize(), layerConf().getStride());
            windows = own;
            shape = example;
        }
        return own;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        applyDropOutIfNecessary(training, workspaces);
        INDArray maps = ArrayMemory.rowMajor(input);
        PoolingWindows own = windows(maps);
        INDArray output = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS,
                maps.dataType(),
                new long[] {maps.size(0), maps.size(1), own.rows(), own.columns()},
                'c');
        if (training) {
            choose(own, maps, output);
        } else {
            weigh(own, maps, output);
        }
        drawn = training;
        return output;
    }

    private void choose(PoolingWindows own, INDArray maps, INDArray output) {
        int examples = (int) maps.size(0);
        long key = noise().draw(examples * own.count(), getIterationCount(), getEpochCount());
        if (taken.length < examples * own.count()) {
            taken = new byte[examples * own.count()];
        }
        RowMajorRows from = new RowMajorRows(maps);
        RowMajorRows to = new RowMajorRows(output);
        int[] ranks = new int[own.count()];
        double[] chosen = new double[own.count()];
        for (int example = 0; example < examples; example++) {
            noise().ranks(key, example * own.count(), own.size(), ranks);
            for (int i = 0; i < ranks.length; i++) {
                chosen[i] = ranks[i];
            }
            own.load(from.read(example));
            to.write(example, own.choose(chosen));
            own.units(chosen, taken, example * own.count());
        }
    }

    private void weigh(PoolingWindows own, INDArray maps, INDArray output) {
        RowMajorRows from = new RowMajorRows(maps);
        RowMajorRows to = new RowMajorRows(output);
        double[] weights = noise().weights(own.size());
        for (int example = 0; example < maps.size(0); example++) {
            own.load(from.read(example));
            to.write(example, own.weigh(weights));
        }
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        PoolingWindows own = windows;
        if (own == null || !drawn) {
            throw new IllegalStateException(layerId() + ": backprop without a forward pass in training mode before it");
        }
        INDArray result =
                workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
        RowMajorRows from = new RowMajorRows(ArrayMemory.rowMajor(epsilon.castTo(input.dataType())));
        RowMajorRows to = new RowMajorRows(result);
        double[] maps = new double[(int) (input.length() / input.size(0))];
        for (int example = 0; example < input.size(0); example++) {
            Arrays.fill(maps, 0);
            own.scatter(taken, example * own.count(), from.read(example), maps);
            to.write(example, maps);
        }
        return new Pair<>(new DefaultGradient(), backpropDropOutIfPresent(result));
    }

    @Override
    public void clear() {
        super.clear();
        drawn = false;
    }

    /** Refused: the layer below keeps its output, which is this layer's input, for its own way back. */
    @Override
    public void allowInputModification(boolean allow) {
        super.allowInputModification(false);
    }
}
