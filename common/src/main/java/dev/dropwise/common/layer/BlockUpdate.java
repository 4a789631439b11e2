package dev.dropwise.common.layer;

import java.util.List;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.updater.UpdaterBlock.ParamState;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.NoOpUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/** The update of one block of parameters that share an updater. Holds scratch memory: one thread at a time. */
final class BlockUpdate {
    private final UpdaterBlock block;
    private final INDArray parameters;
    private final INDArray gradients;
    private final @Nullable FusedPass pass;
    private final boolean regularised;
    private final boolean statistics;

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
        this.statistics = block.getLayersAndVariablesInBlock().stream().noneMatch(BlockUpdate::isMean);
        boolean fusable = parameters.dataType() == DataType.FLOAT
                && penalties.stream().allMatch(each -> each.applyStep() == Regularization.ApplyStep.BEFORE_UPDATER);
        this.pass = fusable ? pass() : null;
    }

    private INDArray slice(INDArray flat) {
        return flat.reshape(flat.length())
                .get(NDArrayIndex.interval(block.getParamOffsetStart(), block.getParamOffsetEnd()));
    }

    private @Nullable FusedPass pass() {
        GradientUpdater<?> updater = block.getGradientUpdater();
        boolean alike = statistics
                ? updater instanceof NoOpUpdater
                : block.getLayersAndVariablesInBlock().stream().allMatch(BlockUpdate::isMean);
        FusedRule rule = alike ? FusedRule.of(updater) : null;
        return rule == null ? null : new FusedPass(rule, statistics, parameters);
    }

    private static List<Regularization> penalties(ParamState state) {
        List<Regularization> penalties = state.getLayer().getConfig().getRegularizationByParam(state.getParamName());
        return penalties == null ? List.of() : penalties;
    }

    /** False for the running statistics of batch normalisation, which are not sums over the mini-batch. */
    private static boolean isMean(ParamState state) {
        return state.getLayer().updaterDivideByMinibatch(state.getParamName());
    }

    /** Where the block begins in the flat vectors. */
    int start() {
        return block.getParamOffsetStart();
    }

    /** Where the block ends in the flat vectors. */
    int end() {
        return block.getParamOffsetEnd();
    }

    /** Whether these are running statistics of batch normalisation. */
    boolean isStatistics() {
        return statistics;
    }

    /** The pass that is all there is to the update, whatever range it is done on; null where there is more to it. */
    @Nullable
    FusedPass elementwise() {
        return regularised || block.skipDueToPretrainConfig(false) ? null : pass;
    }

    /** Updates parameters and state from the gradient's sum over {@code examples}; that of statistics is a mean already. */
    void apply(int examples, int iteration, int epoch) {
        if (block.skipDueToPretrainConfig(false)) {
            return;
        }
        if (pass != null && !regularised) {
            fused(pass, statistics ? 1 : examples, iteration, epoch);
            return;
        }
        divide(examples);
        if (pass == null) {
            block.update(iteration, epoch);
            parameters.subi(gradients);
        } else {
            penalise(iteration, epoch);
            fused(pass, 1, iteration, epoch);
        }
    }

    private void fused(FusedPass fused, int examples, int iteration, int epoch) {
        fused.begin(examples, iteration, epoch);
        fused.apply(0, end() - start(), ArrayMemory.buffer(gradients), 0);
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
}
