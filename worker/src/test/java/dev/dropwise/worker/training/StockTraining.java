package dev.dropwise.worker.training;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.MiniBatches;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelZoo;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.BaseConstraint;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The oracle: one stock Deeplearning4j network in one thread, which takes the shards' mini-batches one after the other, adds their
 * gradients up in double precision and updates by the stock updater. What all ranks together must amount to.
 */
final class StockTraining {
    private final TrainConfig config;
    private final ImageSource source;
    private final ShardPlan plan;
    private final Model model;
    private final MultiLayerNetwork network;
    private final MaskContext masks;
    private final BitSet runningStatistics;
    private int iteration;
    private int lastSamples;
    private double lossSum;

    StockTraining(TrainConfig config) {
        this.config = config;
        this.source = DataSets.open(config.data(), new Configuration());
        this.plan = ShardPlan.of(
                config.data(),
                source.size(Split.TRAIN),
                source.size(Split.TEST),
                config.schedule().shards(),
                config.seed());
        this.model = ModelZoo.model(config.model(), config.updater(), source.shape(), source.classes(), config.seed());
        this.network = new MultiLayerNetwork(model.configuration().clone());
        network.init();
        constrainAsInThePaper(network);
        this.masks = new MaskContext(config.seed());
        masks.bind(network);
        this.runningStatistics = runningStatistics(network);
    }

    /** Divides norms by themselves, not by a millionth more, which would make all weights smaller with every update. */
    private static void constrainAsInThePaper(MultiLayerNetwork network) {
        for (Layer layer : network.getLayers()) {
            List<LayerConstraint> constraints = layer.conf().getLayer().getConstraints();
            if (constraints != null) {
                constraints.forEach(each -> ((BaseConstraint) each).setEpsilon(0));
            }
        }
    }

    /** Where in the parameters batch norm keeps its running statistics. */
    private static BitSet runningStatistics(MultiLayerNetwork network) {
        BitSet found = new BitSet();
        int offset = 0;
        for (Layer layer : network.getLayers()) {
            for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
                int length = (int) parameter.getValue().length();
                String name = parameter.getKey();
                if (name.equals(BatchNormalizationParamInitializer.GLOBAL_MEAN)
                        || name.equals(BatchNormalizationParamInitializer.GLOBAL_VAR)
                        || name.equals(BatchNormalizationParamInitializer.GLOBAL_LOG_STD)) {
                    found.set(offset, offset + length);
                }
                offset += length;
            }
        }
        return found;
    }

    /** Trains whole epochs. */
    StockTraining train(int epochs) {
        for (int epoch = 0; epoch < epochs; epoch++) {
            lossSum = 0;
            for (int step = 0; step < steps(); step++) {
                update(meanGradient(epoch, step), epoch);
            }
        }
        return this;
    }

    int steps() {
        return batches(0).steps();
    }

    /** The gradient of the mean loss over all shards' mini-batches of a step; running statistics are averaged by sample. */
    double[] meanGradient(int epoch, int step) {
        double[] sum = new double[(int) network.numParams()];
        int samples = 0;
        for (int shard = 0; shard < plan.shards(); shard++) {
            MiniBatches batches = batches(shard);
            int count = batches.count(step);
            int[] order = batches.order(epoch);
            int[] indices = plan.training(shard);
            int[] wanted = Arrays.stream(order, batches.start(step), batches.start(step) + count)
                    .map(position -> indices[position])
                    .toArray();
            masks.moveTo(shard, epoch, step);
            float[] gradient = gradientSum(wanted, epoch);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += runningStatistics.get(i) ? (double) count * gradient[i] : gradient[i];
            }
            samples += count;
        }
        lastSamples = samples;
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= samples;
        }
        return sum;
    }

    /** The gradient of the loss summed over the training examples with these indices, as one mini-batch. */
    float[] gradientSum(int[] indices, int epoch) {
        network.setIterationCount(iteration);
        network.setEpochCount(epoch);
        network.setInput(features(indices));
        network.setLabels(labels(indices));
        network.computeGradientAndScore();
        float[] gradient = flat(network.getFlattenedGradients());
        lossSum += network.score() * indices.length;
        network.clearLayersStates();
        return gradient;
    }

    private void update(double[] meanGradient, int epoch) {
        INDArray flat = network.getFlattenedGradients();
        double[] sum = meanGradient.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] *= runningStatistics.get(i) ? 1 : lastSamples;
        }
        flat.assign(Nd4j.createFromArray(sum).reshape(flat.shape()).castTo(flat.dataType()));
        network.getUpdater()
                .update(network, network.gradient(), iteration, epoch, lastSamples, LayerWorkspaceMgr.noWorkspaces());
        network.params().subi(flat.reshape(network.params().shape()));
        network.applyConstraints(iteration, epoch);
        iteration++;
    }

    /** Every index of the training set that the run uses. */
    int[] trainingIndices() {
        return java.util.stream.IntStream.range(0, plan.shards())
                .flatMap(shard -> Arrays.stream(plan.training(shard)))
                .toArray();
    }

    int[] trainingIndices(int shard) {
        return plan.training(shard);
    }

    float[] parameters() {
        return flat(network.params());
    }

    float[] updaterState() {
        return flat(network.getUpdater().getStateViewArray());
    }

    BitSet runningStatistics() {
        return runningStatistics;
    }

    MultiLayerNetwork network() {
        return network;
    }

    /** Mean training loss of the last epoch, penalties included. */
    double trainLoss() {
        return lossSum / plan.trainingCount();
    }

    INDArray features(int[] indices) {
        int[] sorted = Arrays.stream(indices).sorted().toArray();
        Examples examples = source.read(Split.TRAIN, sorted);
        ImageShape shape = source.shape();
        FloatBuffer floats = FloatBuffer.allocate(indices.length * shape.length());
        Normalisation normalisation = Normalisation.of(shape);
        for (int index : indices) {
            FloatBuffer one = FloatBuffer.allocate(shape.length());
            normalisation.apply(examples.pixels(), Arrays.binarySearch(sorted, index), 1, shape, one);
            floats.put(one.array());
        }
        return Nd4j.createFromArray(floats.array()).reshape(model.inputShape(indices.length, shape));
    }

    private INDArray labels(int[] indices) {
        int[] sorted = Arrays.stream(indices).sorted().toArray();
        Examples examples = source.read(Split.TRAIN, sorted);
        float[][] oneHot = new float[indices.length][source.classes()];
        for (int i = 0; i < indices.length; i++) {
            oneHot[i][examples.labels()[Arrays.binarySearch(sorted, indices[i])]] = 1;
        }
        return Nd4j.createFromArray(oneHot);
    }

    private MiniBatches batches(int shard) {
        return MiniBatches.of(plan, shard, config.schedule().batchSize(), config.seed());
    }

    private static float[] flat(INDArray array) {
        return array.reshape(array.length()).toFloatVector();
    }
}
