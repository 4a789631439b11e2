package dev.dropwise.common.layer;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolution of few channels as a matrix product over patches, example by example, so that an example's output is still
 * in the cache when the activation function is applied to it. oneDNN takes several times as long for one or three
 * channels, because its layouts pad them to sixteen. A row of ones under the patches carries the bias, forward and back.
 *
 * <p>Gives no input gradient: made for the first layer of a network. Single precision, NCHW, windows that move by one.
 * Keeps the patches of the last training pass in the workspace of its activations.
 */
final class PatchProduct {
    /** Beyond this many elements in a patch oneDNN is faster. */
    private static final int MAX_PATCH_LENGTH = 128;

    private final Nonlinearity nonlinearity;
    private float[] example = new float[0];
    private float[] patchRow = new float[0];
    private INDArray weights = NativeFloats.detached(DataType.FLOAT, 1);
    private INDArray gradient = weights;
    private INDArray delta = weights;
    private @Nullable INDArray patches;

    PatchProduct(Nonlinearity nonlinearity) {
        this.nonlinearity = nonlinearity;
    }

    /** True where this beats oneDNN. */
    static boolean suits(ConvolutionShape shape) {
        return shape.isDense() && shape.patchLength() <= MAX_PATCH_LENGTH;
    }

    /** f(convolution + bias) as a new activation array. */
    INDArray forward(
            INDArray input, INDArray kernels, @Nullable INDArray bias, ConvolutionShape shape, LayerWorkspaceMgr ws) {
        int channels = (int) kernels.size(0);
        int rows = shape.patchLength() + 1;
        int positions = shape.positions();
        pack(kernels, bias, rows);
        patches = collect(input, shape, ws);
        INDArray output = ws.createUninitialized(
                ArrayType.ACTIVATIONS,
                DataType.FLOAT,
                new long[] {shape.examples(), channels, shape.output()[0], shape.output()[1]},
                'c');
        FloatPointer w = NativeFloats.pointer(weights);
        FloatPointer patch = NativeFloats.pointer(patches);
        FloatPointer z = NativeFloats.pointer(output);
        FloatBuffer values = NativeFloats.buffer(output);
        int outputLength = channels * positions;
        for (int n = 0; n < shape.examples(); n++) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasNoTrans,
                    channels,
                    positions,
                    rows,
                    1f,
                    w,
                    rows,
                    patch.position((long) n * rows * positions),
                    positions,
                    0f,
                    z.position((long) n * outputLength),
                    positions);
            nonlinearity.apply(values, n * outputLength, outputLength);
        }
        return output;
    }

    /** Writes the gradients of kernels and bias, given the output y of the last {@link #forward} and its gradient. */
    void backprop(INDArray y, INDArray epsilon, INDArray kernelGradient, @Nullable INDArray biasGradient) {
        if (patches == null) {
            throw new IllegalStateException("convolution backprop: expected a forward pass before it, found none");
        }
        int examples = (int) y.size(0);
        int channels = (int) y.size(1);
        int positions = (int) (y.size(2) * y.size(3));
        int rows = (int) (kernelGradient.length() / channels) + 1;
        if (delta.length() != (long) channels * positions) {
            delta = NativeFloats.detached(DataType.FLOAT, channels, positions);
        }
        FloatBuffer outputs = NativeFloats.buffer(y);
        FloatBuffer epsilons = NativeFloats.buffer(NativeFloats.rowMajor(epsilon));
        FloatBuffer deltas = NativeFloats.buffer(delta);
        FloatPointer d = NativeFloats.pointer(delta);
        FloatPointer patch = NativeFloats.pointer(patches);
        FloatPointer g = NativeFloats.pointer(gradient);
        int length = channels * positions;
        for (int n = 0; n < examples; n++) {
            nonlinearity.backprop(outputs, epsilons, n * length, deltas, length);
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    channels,
                    rows,
                    positions,
                    1f,
                    d,
                    positions,
                    patch.position((long) n * rows * positions),
                    positions,
                    n == 0 ? 0f : 1f,
                    g,
                    rows);
        }
        unpack(kernelGradient, biasGradient, rows);
    }

    void clear() {
        patches = null;
    }

    private void pack(INDArray kernels, @Nullable INDArray bias, int rows) {
        int channels = (int) kernels.size(0);
        if (weights.length() != (long) channels * rows) {
            weights = NativeFloats.detached(DataType.FLOAT, channels, rows);
            gradient = NativeFloats.detached(DataType.FLOAT, channels, rows);
        }
        FloatBuffer from = NativeFloats.buffer(NativeFloats.rowMajor(kernels));
        FloatBuffer to = NativeFloats.buffer(weights);
        FloatBuffer offsets = bias == null ? FloatBuffer.allocate(channels) : NativeFloats.buffer(bias);
        for (int channel = 0; channel < channels; channel++) {
            to.put(channel * rows, from, channel * (rows - 1), rows - 1);
            to.put(channel * rows + rows - 1, offsets.get(channel));
        }
    }

    private void unpack(INDArray kernelGradient, @Nullable INDArray biasGradient, int rows) {
        int channels = (int) kernelGradient.size(0);
        FloatBuffer from = NativeFloats.buffer(gradient);
        FloatBuffer to = NativeFloats.buffer(kernelGradient);
        for (int channel = 0; channel < channels; channel++) {
            to.put(channel * (rows - 1), from, channel * rows, rows - 1);
        }
        if (biasGradient != null) {
            FloatBuffer offsets = NativeFloats.buffer(biasGradient);
            for (int channel = 0; channel < channels; channel++) {
                offsets.put(channel, from.get(channel * rows + rows - 1));
            }
        }
    }

    /** For every example a matrix with a row per element of the patch, a row of ones, and a column per position. */
    private INDArray collect(INDArray input, ConvolutionShape shape, LayerWorkspaceMgr ws) {
        int positions = shape.positions();
        if (example.length != shape.exampleLength() || patchRow.length != positions) {
            example = new float[shape.exampleLength()];
            patchRow = new float[positions];
        }
        INDArray collected = ws.createUninitialized(
                ArrayType.ACTIVATIONS,
                DataType.FLOAT,
                new long[] {shape.examples(), shape.patchLength() + 1, positions},
                'c');
        FloatBuffer from = NativeFloats.buffer(NativeFloats.rowMajor(input));
        FloatBuffer to = NativeFloats.buffer(collected);
        for (int n = 0; n < shape.examples(); n++) {
            from.get(example);
            for (int element = 0; element < shape.patchLength(); element++) {
                collectRow(element, shape);
                to.put(patchRow);
            }
            Arrays.fill(patchRow, 1f);
            to.put(patchRow);
        }
        return collected;
    }

    private void collectRow(int element, ConvolutionShape shape) {
        int dx = element % shape.kernel()[1] - shape.padding()[1];
        int dy = element / shape.kernel()[1] % shape.kernel()[0] - shape.padding()[0];
        int plane = element / (shape.kernel()[0] * shape.kernel()[1]) * shape.height() * shape.width();
        int width = shape.output()[1];
        int left = Math.min(width, Math.max(0, -dx));
        int right = Math.max(left, Math.min(width, shape.width() - dx));
        for (int row = 0; row < shape.output()[0]; row++) {
            int at = row * width;
            int y = row + dy;
            if (y < 0 || y >= shape.height()) {
                Arrays.fill(patchRow, at, at + width, 0f);
            } else {
                Arrays.fill(patchRow, at, at + left, 0f);
                System.arraycopy(example, plane + y * shape.width() + left + dx, patchRow, at + left, right - left);
                Arrays.fill(patchRow, at + right, at + width, 0f);
            }
        }
    }
}
