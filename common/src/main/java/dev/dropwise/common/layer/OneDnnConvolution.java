package dev.dropwise.common.layer;

import dev.dropwise.common.layer.PatchProduct.Kernels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2D;
import org.nd4j.linalg.api.ops.impl.layers.convolution.Conv2DDerivative;
import org.nd4j.linalg.factory.Nd4j;

/** Convolution by ND4J's operations, which oneDNN executes in the builds that contain it. Single precision, NCHW. */
final class OneDnnConvolution {
    private final CustomOp forward = new Conv2D();
    private final CustomOp backward = new Conv2DDerivative();
    private final OpContext forwardContext = Nd4j.getExecutioner().buildContext();
    private final OpContext backwardContext = Nd4j.getExecutioner().buildContext();

    /** Writes convolution plus bias into {@code z}. */
    void forward(INDArray input, Kernels kernels, ConvolutionShape shape, INDArray z) {
        INDArray[] inputs = kernels.bias() == null
                ? new INDArray[] {input, kernels.weights()}
                : new INDArray[] {input, kernels.weights(), kernels.bias()};
        execute(forward, forwardContext, shape, inputs, z);
    }

    /** Writes the gradients of kernels and bias, and that of the input into {@code epsilon}. */
    void backprop(Arriving arriving, Kernels kernels, ConvolutionShape shape, Kernels gradients, INDArray epsilon) {
        if (kernels.bias() == null || gradients.bias() == null) {
            INDArray[] inputs = {arriving.input(), kernels.weights(), arriving.delta()};
            execute(backward, backwardContext, shape, inputs, epsilon, gradients.weights());
        } else {
            INDArray[] inputs = {arriving.input(), kernels.weights(), kernels.bias(), arriving.delta()};
            execute(backward, backwardContext, shape, inputs, epsilon, gradients.weights(), gradients.bias());
        }
    }

    /** What reaches the layer from both sides: its input, and the gradient of its pre-activation. */
    record Arriving(INDArray input, INDArray delta) {}

    private static void execute(
            CustomOp operation, OpContext context, ConvolutionShape shape, INDArray[] inputs, INDArray... outputs) {
        context.purge();
        context.setIArguments(
                shape.kernel()[0],
                shape.kernel()[1],
                shape.stride()[0],
                shape.stride()[1],
                shape.padding()[0],
                shape.padding()[1],
                shape.dilation()[0],
                shape.dilation()[1],
                shape.same() ? 1 : 0,
                0, // NCHW
                1); // kernels lie as output channel, input channel, height, width
        for (int i = 0; i < inputs.length; i++) {
            context.setInputArray(i, inputs[i]);
        }
        for (int i = 0; i < outputs.length; i++) {
            context.setOutputArray(i, outputs[i]);
        }
        Nd4j.exec(operation, context);
    }
}
