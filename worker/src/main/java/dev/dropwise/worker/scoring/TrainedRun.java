package dev.dropwise.worker.scoring;

import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.evaluation.MonteCarloPass;
import dev.dropwise.common.failure.DropwiseException;

/**
 * A run that is done, as its run directory tells: what {@code model.zip} leaves out, dropout above all, is known here.
 *
 * @param directory any Hadoop path that every task reaches
 * @param config that it was trained with
 * @param epoch whose parameters were kept, counted from 1
 */
public record TrainedRun(String directory, TrainConfig config, int epoch) {
    /**
     * Refuses what can be seen to have no dropout before a cluster is asked for anything. What a model in JSON holds, only its network tells.
     *
     * @throws DropwiseException (configuration)
     */
    public TrainedRun requireDropout() {
        ModelConfig model = config.model();
        if (model.definition().isEmpty()
                && model.dropout().isNone()
                && model.inputDropout().isNone()) {
            throw MonteCarloPass.withoutDropout();
        }
        return this;
    }
}
