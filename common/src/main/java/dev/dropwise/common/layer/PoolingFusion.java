package dev.dropwise.common.layer;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;

/** Decides whether the first layer, a convolution, can do the max-pooling of the second. */
final class PoolingFusion {
    private PoolingFusion() {}

    /** The window to pool over in the convolution, or 1 when the layers must stay apart. */
    static int window(Layer first, Layer second, DataType dataType) {
        boolean convolves = first instanceof FastConvolution convolution
                && dataType == DataType.FLOAT
                && convolution.getWeightNoise() == null
                && convolution.getCnn2dDataFormat() == CNN2DFormat.NCHW
                && convolution.getConvolutionMode() != ConvolutionMode.Causal
                && PatchProduct.suits(convolution)
                && Nonlinearity.covers(convolution.getActivationFn());
        return convolves && second instanceof SubsamplingLayer pooling ? window(pooling) : 1;
    }

    private static int window(SubsamplingLayer pooling) {
        int side = pooling.getKernelSize()[0];
        boolean tiles = pooling.getClass() == SubsamplingLayer.class
                && pooling.getPoolingType() == PoolingType.MAX
                && pooling.getConvolutionMode() == ConvolutionMode.Truncate
                && areAll(side, pooling.getKernelSize())
                && areAll(side, pooling.getStride())
                && areAll(0, pooling.getPadding())
                && areAll(1, pooling.getDilation());
        return tiles ? side : 1;
    }

    private static boolean areAll(int expected, int[] found) {
        return found[0] == expected && found[1] == expected;
    }
}
