package dev.dropwise.common.layer;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The geometry of one two-dimensional window operation on a mini-batch in NCHW layout.
 *
 * @param input examples, channels, height, width
 * @param output height and width of what comes out
 * @param kernel height and width of the window
 * @param stride vertical and horizontal step
 * @param padding rows above and columns left of the input that count as zero
 * @param dilation vertical and horizontal spacing of the window's elements
 * @param same true when the padding was derived from the output's size
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives within one pass
record ConvolutionShape(
        long[] input, int[] output, int[] kernel, int[] stride, int[] padding, int[] dilation, boolean same) {

    /** Derives output and padding as the stock layers do, with their checks. */
    static ConvolutionShape of(INDArray input, ConvolutionLayer layer, ConvolutionMode mode) {
        int[] kernel = layer.getKernelSize();
        int[] stride = layer.getStride();
        int[] dilation = layer.getDilation();
        boolean same = mode == ConvolutionMode.Same;
        int[] output = ConvolutionUtils.getOutputSize(
                input, kernel, stride, same ? null : layer.getPadding(), mode, dilation, CNN2DFormat.NCHW);
        int[] size = {(int) input.size(2), (int) input.size(3)};
        int[] topLeft = same
                ? ConvolutionUtils.getSameModeTopLeftPadding(output, size, kernel, stride, dilation)
                : layer.getPadding();
        return new ConvolutionShape(input.shape(), output, kernel, stride, topLeft, dilation, same);
    }

    int examples() {
        return (int) input[0];
    }

    int channels() {
        return (int) input[1];
    }

    int height() {
        return (int) input[2];
    }

    int width() {
        return (int) input[3];
    }

    /** Elements of an input example. */
    int exampleLength() {
        return channels() * height() * width();
    }

    /** Input elements under the window. */
    int patchLength() {
        return channels() * kernel[0] * kernel[1];
    }
}
