package dev.dropwise.common.layer;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The activation function of a layer together with what its way back needs: the output where a {@link Nonlinearity}
 * covers the function, and otherwise the pre-activation, which the stock function differentiates. Kept arrays live in
 * the workspace of the layer's activations.
 */
final class ActivationStage {
    private final IActivation function;
    private final @Nullable Nonlinearity nonlinearity;
    private @Nullable INDArray kept;
    private float[] biasValues = new float[0];

    ActivationStage(IActivation function, DataType dataType) {
        this.function = function;
        this.nonlinearity =
                dataType == DataType.FLOAT && Nonlinearity.covers(function) ? Nonlinearity.of(function) : null;
    }

    /** The fast form of the function, or null where only the stock one will do. */
    @Nullable
    Nonlinearity nonlinearity() {
        return nonlinearity;
    }

    /** Remembers {@code output} of the nonlinearity, applied elsewhere, when {@code training}. */
    INDArray keep(INDArray output, boolean training) {
        kept = training ? output : null;
        return output;
    }

    /**
     * f(z + bias) for every row of {@code z}.
     *
     * @param z row-major; ownership passes to this call
     */
    INDArray activate(INDArray z, @Nullable INDArray bias, boolean training, LayerWorkspaceMgr workspaces) {
        if (nonlinearity != null) {
            if (bias == null) {
                nonlinearity.apply(ArrayMemory.buffer(z), (int) z.length());
            } else {
                nonlinearity.apply(ArrayMemory.buffer(z), (int) z.size(0), valuesOf(bias));
            }
            return keep(z, training);
        }
        if (bias != null) {
            z.addiRowVector(bias);
        }
        INDArray output = training ? workspaces.dup(ArrayType.ACTIVATIONS, z, 'c') : z;
        keep(z, training);
        return function.getActivation(output, training);
    }

    /** {@code output} of the last training activation in memory that nothing is kept in, for a next layer that writes to its input. */
    INDArray apart(INDArray output, LayerWorkspaceMgr workspaces) {
        return nonlinearity == null ? output : workspaces.dup(ArrayType.ACTIVATIONS, output, 'c');
    }

    private float[] valuesOf(INDArray bias) {
        int length = (int) bias.length();
        if (biasValues.length != length) {
            biasValues = new float[length];
        }
        ArrayMemory.buffer(bias).get(biasValues);
        return biasValues;
    }

    /** True between a training activation and {@link #clear}. */
    boolean holdsActivation() {
        return kept != null;
    }

    /** Whether {@link #backprop} gives zero wherever the output, which it keeps, is zero: also where something else made it zero. */
    boolean isFlatBelowZero() {
        return nonlinearity != null && nonlinearity.isFlatBelowZero();
    }

    /** What was kept of the last training activation. */
    INDArray held() {
        if (kept == null) {
            throw new IllegalStateException("backprop: expected a training activation before it, found none");
        }
        return kept;
    }

    /** epsilon f'(z), row-major, in a new array; {@code epsilon} is left as it is. */
    INDArray backprop(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        INDArray held = held();
        if (nonlinearity == null) {
            return ArrayMemory.rowMajor(function.backprop(held, epsilon).getFirst());
        }
        INDArray delta = workspaces.createUninitialized(ArrayType.BP_WORKING_MEM, held.dataType(), held.shape(), 'c');
        nonlinearity.backprop(
                ArrayMemory.buffer(held),
                ArrayMemory.buffer(ArrayMemory.rowMajor(epsilon)),
                ArrayMemory.buffer(delta),
                (int) held.length());
        return delta;
    }

    void clear() {
        kept = null;
    }
}
