package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.DropConnect.Masks;
import dev.dropwise.common.dropout.ParameterMask;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A dense layer with DropConnect at work. The mask of a mini-batch is kept for the way back; those of examples are drawn again, for there are
 * too many to be kept: block by block in single precision ({@link MaskedProducts}), and one whole mask after the other, several times slower, in double.
 */
final class DropConnectExecution extends AffineExecution {
    private static final long serialVersionUID = 1L;

    private transient @Nullable ParameterMask mask;
    private transient @Nullable ParameterCopy masked;
    private transient @Nullable ParameterCopy product;
    private transient @Nullable MaskedProducts maskedProducts;
    private transient @Nullable SampledMean sampledMean;
    private long key;

    DropConnectExecution(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private DropConnect noise() {
        return ((DropConnectLayer) conf.getLayer()).noise();
    }

    /** An array as long as the layer's parameters, in no workspace, and its parts in the shapes of weights and biases. */
    private record ParameterCopy(
            INDArray flat, INDArray weights, @Nullable INDArray bias) {
        static ParameterCopy of(INDArray weights, boolean hasBias) {
            long count = weights.length();
            long units = weights.size(1);
            INDArray flat = ArrayMemory.detached(weights.dataType(), count + (hasBias ? units : 0));
            return new ParameterCopy(
                    flat,
                    flat.get(NDArrayIndex.interval(0, count)).reshape('f', weights.shape()),
                    hasBias
                            ? flat.get(NDArrayIndex.interval(count, count + units))
                                    .reshape(1, units)
                            : null);
        }
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        INDArray v = operand(training, workspaces);
        if (!training) {
            return evaluate(v, workspaces);
        }
        key = noise().draw(Math.toIntExact(params().length()), getIterationCount(), getEpochCount());
        if (noise().masks() == Masks.EXAMPLE) {
            return activated(maskedEach(v, workspaces), null, workspaces);
        }
        ParameterCopy own = masked();
        noise().fill(key, mask());
        mask().apply(params(), own.flat());
        return activated(affine().product(v, own.weights(), workspaces), own.bias(), workspaces);
    }

    /** Apart from what is kept: a stock layer behind may drop units in place. */
    private INDArray activated(INDArray z, @Nullable INDArray bias, LayerWorkspaceMgr workspaces) {
        return stage().apart(stage().activate(z, bias, true, workspaces), workspaces);
    }

    private INDArray maskedEach(INDArray v, LayerWorkspaceMgr workspaces) {
        INDArray z = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS,
                dataType,
                new long[] {v.size(0), weights().size(1)},
                'c');
        if (dataType == DataType.FLOAT) {
            maskedProducts(v).preActivations(z);
            return z;
        }
        ParameterCopy own = masked();
        for (int example = 0; example < v.size(0); example++) {
            noise().fill(DropConnect.keyOf(key, example), mask());
            mask().apply(params(), own.flat());
            INDArray row = row(z, example);
            Gemm.multiply(Gemm.Operand.plain(row(v, example)), Gemm.Operand.plain(own.weights()), row);
            if (own.bias() != null) {
                row.addi(own.bias());
            }
        }
        return z;
    }

    private INDArray evaluate(INDArray v, LayerWorkspaceMgr workspaces) {
        double retained = noise().retained();
        INDArray z = affine().product(v, weights(), workspaces);
        INDArray bias = bias();
        if (bias != null) {
            z.addiRowVector(bias);
        }
        z.muli(retained);
        if (noise().samples() == 0) {
            return stage().activate(z, null, false, workspaces);
        }
        INDArray variance = affine().product(v.mul(v), weights().mul(weights()), workspaces);
        if (bias != null) {
            variance.addiRowVector(bias.mul(bias));
        }
        return samples()
                .of(
                        z,
                        org.nd4j.linalg.ops.transforms.Transforms.sqrt(variance.muli(retained * (1 - retained)), false),
                        workspaces);
    }

    private SampledMean samples() {
        SampledMean own = sampledMean == null
                ? new SampledMean(
                        noise().normals((int) weights().size(1)),
                        noise().samples(),
                        layerConf().getActivationFn())
                : sampledMean;
        sampledMean = own;
        return own;
    }

    /** The gradient of what was masked is masked in turn, in place. */
    @Override
    boolean isFactorable() {
        return false;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        INDArray delta = stage().backprop(epsilon, workspaces);
        if (noise().masks() == Masks.BATCH) {
            Pair<Gradient, INDArray> gradients = backprop(delta, masked().weights(), workspaces);
            mask().apply(getGradientsViewArray(), getGradientsViewArray());
            return gradients;
        }
        return backpropEach(delta, workspaces);
    }

    private Pair<Gradient, INDArray> backpropEach(INDArray delta, LayerWorkspaceMgr workspaces) {
        INDArray epsilon = getIndex() == 0
                ? null
                : workspaces.createUninitialized(
                        ArrayType.ACTIVATION_GRAD,
                        dataType,
                        new long[] {delta.size(0), weights().size(0)},
                        'c');
        if (dataType == DataType.FLOAT) {
            maskedProducts(input).gradients(delta, getGradientsViewArray(), epsilon);
        } else {
            gradientsEach(delta, epsilon);
        }
        return new Pair<>(parameterViews(), epsilon == null ? null : backpropDropOutIfPresent(epsilon));
    }

    private void gradientsEach(INDArray delta, @Nullable INDArray epsilon) {
        ParameterCopy own = masked();
        ParameterCopy outer = product();
        INDArray sum = getGradientsViewArray().assign(0);
        for (int example = 0; example < delta.size(0); example++) {
            noise().fill(DropConnect.keyOf(key, example), mask());
            INDArray d = row(delta, example);
            Gemm.multiply(Gemm.Operand.transposed(row(input, example)), Gemm.Operand.plain(d), outer.weights());
            if (outer.bias() != null) {
                outer.bias().assign(d);
            }
            mask().apply(outer.flat(), outer.flat());
            sum.addi(outer.flat().reshape(sum.shape()));
            if (epsilon != null) {
                mask().apply(params(), own.flat());
                Gemm.multiply(Gemm.Operand.plain(d), Gemm.Operand.transposed(own.weights()), row(epsilon, example));
            }
        }
    }

    private MaskedProducts maskedProducts(INDArray v) {
        MaskedProducts own = maskedProducts == null
                ? new MaskedProducts(
                        noise(), (int) weights().size(0), (int) weights().size(1), hasBias())
                : maskedProducts;
        maskedProducts = own;
        own.of(key, params(), v);
        return own;
    }

    private static INDArray row(INDArray matrix, int index) {
        return matrix.get(NDArrayIndex.interval(index, index + 1), NDArrayIndex.all());
    }

    private ParameterMask mask() {
        ParameterMask own = mask == null ? new ParameterMask(Math.toIntExact(params().length())) : mask;
        mask = own;
        return own;
    }

    private ParameterCopy masked() {
        ParameterCopy own = masked == null ? ParameterCopy.of(weights(), hasBias()) : masked;
        masked = own;
        return own;
    }

    private ParameterCopy product() {
        ParameterCopy own = product == null ? ParameterCopy.of(weights(), hasBias()) : product;
        product = own;
        return own;
    }
}
