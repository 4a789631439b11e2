package dev.dropwise.worker.experiment;

import dev.dropwise.common.dropout.InvertedDropout;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.random.RandomGenerator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network that is nothing but one layer of inverted dropout, with the masks of a fixed position; and samples to put in. In double precision. */
final class DropoutNetwork {
    private static final double SAMPLE_MEAN = 10;

    private final MultiLayerNetwork network;

    /**
     * @param units of the layer
     * @param seed of the masks
     */
    DropoutNetwork(int units, double dropProbability, long seed) {
        network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new DropoutLayer.Builder()
                        .dropOut(new InvertedDropout(dropProbability))
                        .build())
                .setInputType(InputType.feedForward(units))
                .build());
        network.init();
        MaskContext masks = new MaskContext(seed);
        masks.bind(network);
        // Every pass is at this place: the mask is the same each time.
        masks.moveTo(0, 0, 0);
    }

    /** What comes out of {@code input} in training or evaluation; a new array. */
    INDArray output(INDArray input, boolean training) {
        return layer().activate(input.dup('c'), training, LayerWorkspaceMgr.noWorkspaces());
    }

    /** The gradient with respect to the input of the last pass in training, where {@code gradient} is that of its output. */
    INDArray backward(INDArray gradient) {
        return layer().backpropGradient(gradient.dup('c'), LayerWorkspaceMgr.noWorkspaces())
                .getSecond();
    }

    private Layer layer() {
        return network.getLayer(0);
    }

    /** {@code side x side} samples of N(10, 1): a function of the seed. */
    static INDArray samples(int side, long seed) {
        return normals(side, seed, 0).addi(SAMPLE_MEAN);
    }

    /** {@code side x side} samples of N(0, 1), independent of {@link #samples} of the same seed. */
    static INDArray directions(int side, long seed) {
        return normals(side, seed, 1);
    }

    private static INDArray normals(int side, long seed, int stream) {
        // Inputs stand where initial weights would: the one thing that is drawn before training.
        RandomGenerator random = StreamKey.of(seed, Purpose.INIT).with(stream).generator();
        double[] values = new double[side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return Nd4j.createFromArray(values).reshape(side, side);
    }
}
