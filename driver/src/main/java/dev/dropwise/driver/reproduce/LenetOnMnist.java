package dev.dropwise.driver.reproduce;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.DataSets;

/**
 * How recipes train {@code lenet} on MNIST: Adam 1e-3, a global batch of 64 in four shards, no image held out.
 *
 * @param images that are trained on, the first of a shuffled set
 * @param dropout on the output layer's input
 */
record LenetOnMnist(int images, DropoutSpec dropout, int epochs) {
    private static final double LEARNING_RATE = 1e-3;
    private static final int SHARDS = 4;
    private static final int BATCH_OF_A_SHARD = 16;

    TrainConfig config(Lab lab, long seed) {
        return new TrainConfig(
                lab.examples(DataSets.MNIST, 0, images),
                new ModelConfig("lenet", Activation.RELU, dropout, DropoutSpec.NONE, Regularisation.NONE),
                new UpdaterConfig(UpdaterConfig.Kind.ADAM, LEARNING_RATE, 0),
                new ScheduleConfig(epochs, BATCH_OF_A_SHARD, SHARDS, 0, ExchangeMode.GRADIENTS, true),
                seed);
    }
}
