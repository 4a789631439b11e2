package dev.dropwise.common.layer;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolution of few channels, activation function and max-pooling in one go, example by example, so that all but the
 * pooled output stays in the cache. The convolution is a matrix product over {@link Patches}; oneDNN takes several times
 * as long for one or three channels, because its layouts pad them to sixteen. A row of ones under the patches carries
 * the bias, forward and back. The way back computes the product again, which costs less than keeping it.
 *
 * <p>Gives no input gradient: made for the first layer of a network. Single precision, NCHW, windows that move by one.
 * Keeps the patches of the last training pass in the workspace of its activations. One thread at a time.
 */
final class PatchProduct {
    /** Beyond this many elements in a patch oneDNN is faster. */
    private static final int MAX_PATCH_LENGTH = 128;

    private final PhasePooling pooling;
    private final Patches collector = new Patches();
    private INDArray weights = ArrayMemory.detached(DataType.FLOAT, 1);
    private INDArray gradient = weights;
    private INDArray product = weights;
    private INDArray delta = weights;
    private INDArray examplePatches = weights;
    private @Nullable INDArray patches;

    PatchProduct(Nonlinearity nonlinearity, int window) {
        this.pooling = new PhasePooling(nonlinearity, window);
    }

    /** True where this beats oneDNN. */
    static boolean suits(ConvolutionLayer conf) {
        boolean neighbours = Arrays.stream(conf.getStride()).allMatch(step -> step == 1)
                && Arrays.stream(conf.getDilation()).allMatch(step -> step == 1);
        return neighbours && conf.getNIn() * conf.getKernelSize()[0] * conf.getKernelSize()[1] <= MAX_PATCH_LENGTH;
    }

    /** The pooled f(convolution + bias) as a new activation array. */
    INDArray forward(
            INDArray input, Kernels kernels, ConvolutionShape shape, boolean training, LayerWorkspaceMgr workspaces) {
        Extent extent = Extent.of(shape, kernels.weights(), pooling.window());
        prepare(extent, kernels);
        INDArray target = training
                ? workspaces.createUninitialized(
                        ArrayType.ACTIVATIONS,
                        DataType.FLOAT,
                        new long[] {shape.examples(), extent.patchesLength()},
                        'c')
                : examplePatches;
        patches = training ? target : null;
        INDArray output = workspaces.createUninitialized(
                ArrayType.ACTIVATIONS, DataType.FLOAT, extent.outputShape(shape.examples()), 'c');
        FloatBuffer from = ArrayMemory.buffer(ArrayMemory.rowMajor(input));
        FloatBuffer to = ArrayMemory.buffer(target);
        FloatBuffer products = ArrayMemory.buffer(product);
        FloatBuffer outputs = ArrayMemory.buffer(output);
        FloatPointer patch = ArrayMemory.pointer(target);
        for (int n = 0; n < shape.examples(); n++) {
            int at = training ? n * extent.patchesLength() : 0;
            collector.collect(from, n, shape, pooling.window(), to.position(at));
            multiply(extent, patch, at);
            pooling.forward(products, outputs, extent.outputLength());
        }
        return output;
    }

    /** Writes the gradients of kernels and bias, given that of the last training {@link #forward}'s output. */
    void backprop(INDArray epsilon, Kernels kernels, ConvolutionShape shape, Kernels gradients) {
        if (patches == null) {
            throw new IllegalStateException("convolution backprop: expected a training pass before it, found none");
        }
        Extent extent = Extent.of(shape, kernels.weights(), pooling.window());
        prepare(extent, kernels);
        FloatBuffer epsilons = ArrayMemory.buffer(ArrayMemory.rowMajor(epsilon));
        FloatBuffer products = ArrayMemory.buffer(product);
        FloatBuffer deltas = ArrayMemory.buffer(delta);
        FloatPointer patch = ArrayMemory.pointer(patches);
        for (int n = 0; n < shape.examples(); n++) {
            int at = n * extent.patchesLength();
            multiply(extent, patch, at);
            pooling.backprop(products, epsilons, deltas, extent.outputLength());
            accumulate(extent, patch, at, n == 0);
        }
        unpack(gradients, extent.rows);
    }

    void clear() {
        patches = null;
    }

    /** The products of all phases of the example whose patches start at {@code at}. */
    private void multiply(Extent extent, FloatPointer patch, long at) {
        FloatPointer w = ArrayMemory.pointer(weights);
        FloatPointer z = ArrayMemory.pointer(product);
        for (int phase = 0; phase < extent.phases; phase++) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasNoTrans,
                    extent.channels,
                    extent.pooled(),
                    extent.rows,
                    1f,
                    w,
                    extent.rows,
                    patch.position(at + (long) phase * extent.matrixLength()),
                    extent.pooled(),
                    0f,
                    z.position((long) phase * extent.outputLength()),
                    extent.pooled());
        }
    }

    private void accumulate(Extent extent, FloatPointer patch, long at, boolean fresh) {
        FloatPointer d = ArrayMemory.pointer(delta);
        FloatPointer g = ArrayMemory.pointer(gradient);
        for (int phase = 0; phase < extent.phases; phase++) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    extent.channels,
                    extent.rows,
                    extent.pooled(),
                    1f,
                    d.position((long) phase * extent.outputLength()),
                    extent.pooled(),
                    patch.position(at + (long) phase * extent.matrixLength()),
                    extent.pooled(),
                    fresh && phase == 0 ? 0f : 1f,
                    g,
                    extent.rows);
        }
    }

    private void prepare(Extent extent, Kernels kernels) {
        if (weights.length() != (long) extent.channels * extent.rows) {
            weights = ArrayMemory.detached(DataType.FLOAT, extent.channels, extent.rows);
            gradient = ArrayMemory.detached(DataType.FLOAT, extent.channels, extent.rows);
        }
        if (product.length() != (long) extent.phases * extent.outputLength()) {
            product = ArrayMemory.detached(DataType.FLOAT, extent.phases, extent.outputLength());
            delta = ArrayMemory.detached(DataType.FLOAT, extent.phases, extent.outputLength());
        }
        if (examplePatches.length() != extent.patchesLength()) {
            examplePatches = ArrayMemory.detached(DataType.FLOAT, extent.phases, extent.matrixLength());
        }
        FloatBuffer from = ArrayMemory.buffer(ArrayMemory.rowMajor(kernels.weights()));
        FloatBuffer to = ArrayMemory.buffer(weights);
        INDArray bias = kernels.bias();
        FloatBuffer offsets = bias == null ? FloatBuffer.allocate(extent.channels) : ArrayMemory.buffer(bias);
        int length = extent.rows - 1;
        for (int channel = 0; channel < extent.channels; channel++) {
            to.put(channel * extent.rows, from, channel * length, length);
            to.put(channel * extent.rows + length, offsets.get(channel));
        }
    }

    private void unpack(Kernels gradients, int rows) {
        FloatBuffer from = ArrayMemory.buffer(gradient);
        FloatBuffer to = ArrayMemory.buffer(gradients.weights());
        INDArray bias = gradients.bias();
        for (int channel = 0; channel < gradients.weights().size(0); channel++) {
            to.put(channel * (rows - 1), from, channel * rows, rows - 1);
        }
        if (bias != null) {
            FloatBuffer offsets = ArrayMemory.buffer(bias);
            for (int channel = 0; channel < bias.length(); channel++) {
                offsets.put(channel, from.get(channel * rows + rows - 1));
            }
        }
    }

    /** Weights or gradients of a convolution: output channel, input channel, height, width; and one bias a channel. */
    record Kernels(INDArray weights, @Nullable INDArray bias) {}

    /** Sizes of the matrices for one example: output channels, rows of the patches, and the pooled picture. */
    private record Extent(int channels, int rows, int phases, int height, int width) {
        static Extent of(ConvolutionShape shape, INDArray kernels, int window) {
            return new Extent(
                    (int) kernels.size(0),
                    shape.patchLength() + 1,
                    window * window,
                    shape.output()[0] / window,
                    shape.output()[1] / window);
        }

        int pooled() {
            return height * width;
        }

        int outputLength() {
            return channels * pooled();
        }

        int matrixLength() {
            return rows * pooled();
        }

        int patchesLength() {
            return phases * matrixLength();
        }

        long[] outputShape(int examples) {
            return new long[] {examples, channels, height, width};
        }
    }
}
