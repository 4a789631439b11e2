package dev.dropwise.common.layer;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
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

    /** Convolution plus bias as a new activation array. */
    INDArray forward(
            INDArray input, INDArray kernels, @Nullable INDArray bias, ConvolutionShape shape, LayerWorkspaceMgr ws) {
        INDArray z = ws.createUninitialized(
                ArrayType.ACTIVATIONS,
                DataType.FLOAT,
                new long[] {shape.examples(), kernels.size(0), shape.output()[0], shape.output()[1]},
                'c');
        INDArray[] inputs = bias == null ? new INDArray[] {input, kernels} : new INDArray[] {input, kernels, bias};
        execute(forward, forwardContext, shape, inputs, z);
        return z;
    }

    /** Writes the gradients of kernels and bias, and returns that of the input in a new array. */
    INDArray backprop(Pass pass, INDArray delta, ConvolutionShape shape, LayerWorkspaceMgr ws) {
        INDArray epsilon = ws.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, shape.input(), 'c');
        if (pass.bias() == null || pass.biasGradient() == null) {
            INDArray[] inputs = {pass.input(), pass.kernels(), delta};
            execute(backward, backwardContext, shape, inputs, epsilon, pass.kernelGradient());
        } else {
            INDArray[] inputs = {pass.input(), pass.kernels(), pass.bias(), delta};
            execute(backward, backwardContext, shape, inputs, epsilon, pass.kernelGradient(), pass.biasGradient());
        }
        return epsilon;
    }

    /** What a way back reads and writes beside the gradient that arrives. */
    record Pass(
            INDArray input,
            INDArray kernels,
            @Nullable INDArray bias,
            INDArray kernelGradient,
            @Nullable INDArray biasGradient) {}

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
