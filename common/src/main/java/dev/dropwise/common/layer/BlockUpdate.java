package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;

/** The update of one block of parameters that share an updater. Holds scratch memory: one thread at a time. */
final class BlockUpdate {
    private final UpdaterBlock block;
    private final INDArray parameters;
    private final INDArray gradients;
    private final @Nullable FusedRule rule;
    private final boolean regularised;
    private final float[] gradientBlock = new float[FusedRule.BLOCK];
    private final float[] parameterBlock = new float[FusedRule.BLOCK];

    /**
     * @param parameters the network's flat parameter vector
     * @param gradients the network's flat gradient vector
     */
    BlockUpdate(UpdaterBlock block, INDArray parameters, INDArray gradients) {
        this.block = block;
        this.parameters = slice(parameters);
        this.gradients = slice(gradients);
        List<Regularization> penalties = block.getLayersAndVariablesInBlock().stream()
                .map(BlockUpdate::penalties)
                .flatMap(List::stream)
                .toList();
        this.regularised = !penalties.isEmpty();
        boolean fusable = parameters.dataType() == DataType.FLOAT
                && penalties.stream().allMatch(each -> each.applyStep() == Regularization.ApplyStep.BEFORE_UPDATER)
                && block.getLayersAndVariablesInBlock().stream().allMatch(BlockUpdate::isMean);
        this.rule = fusable ? FusedRule.of(block.getGradientUpdater()) : null;
    }

    private INDArray slice(INDArray flat) {
        return flat.reshape(flat.length())
                .get(NDArrayIndex.interval(block.getParamOffsetStart(), block.getParamOffsetEnd()));
    }

    private static List<Regularization> penalties(ParamState state) {
        List<Regularization> penalties = state.getLayer().getConfig().getRegularizationByParam(state.getParamName());
        return penalties == null ? List.of() : penalties;
    }

    /** False for the running statistics of batch normalisation, which are not sums over the mini-batch. */
    private static boolean isMean(ParamState state) {
        return state.getLayer().updaterDivideByMinibatch(state.getParamName());
    }

    /** Updates parameters and state from the gradient's sum over {@code examples}. */
    void apply(int examples, int iteration, int epoch) {
        if (block.skipDueToPretrainConfig(false)) {
            return;
        }
        if (rule != null && !regularised) {
            fused(rule, examples, iteration, epoch);
            return;
        }
        divide(examples);
        if (rule == null) {
            block.update(iteration, epoch);
            parameters.subi(gradients);
        } else {
            penalise(iteration, epoch);
            fused(rule, 1, iteration, epoch);
        }
    }

    private void divide(int examples) {
        if (examples > 1) {
            block.getLayersAndVariablesInBlock().stream()
                    .filter(BlockUpdate::isMean)
                    .forEach(state -> state.getGradView().divi(examples));
        }
    }

    private void penalise(int iteration, int epoch) {
        double rate = block.getGradientUpdater().getConfig().getLearningRate(iteration, epoch);
        for (ParamState state : block.getLayersAndVariablesInBlock()) {
            for (Regularization penalty : penalties(state)) {
                penalty.apply(state.getParamView(), state.getGradView(), rate, iteration, epoch);
            }
        }
    }

    private void fused(FusedRule fused, int examples, int iteration, int epoch) {
        fused.begin(iteration, epoch);
        FloatBuffer from = ArrayMemory.buffer(gradients);
        FloatBuffer to = ArrayMemory.buffer(parameters);
        int length = (int) gradients.length();
        for (int at = 0; at < length; at += FusedRule.BLOCK) {
            int count = Math.min(FusedRule.BLOCK, length - at);
            from.get(at, gradientBlock, 0, count);
            to.get(at, parameterBlock, 0, count);
            mean(count, examples);
            fused.apply(at, count, gradientBlock, parameterBlock);
            to.put(at, parameterBlock, 0, count);
        }
    }

    private void mean(int count, int examples) {
        if (Integer.bitCount(examples) == 1) {
            // Exact for powers of two, and division is many times slower.
            float reciprocal = 1f / examples;
            for (int i = 0; i < count; i++) {
                gradientBlock[i] *= reciprocal;
            }
        } else {
            for (int i = 0; i < count; i++) {
                gradientBlock[i] /= examples;
            }
        }
    }
}
