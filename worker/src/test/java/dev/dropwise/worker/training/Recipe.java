package dev.dropwise.worker.training;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;

/** A small run on the embedded digits; every test names what it changes. */
record Recipe(
        DataConfig data,
        String model,
        DropoutSpec dropout,
        DropoutSpec inputDropout,
        Regularisation regularisation,
        UpdaterConfig updater,
        ScheduleConfig schedule,
        Augmentation augmentation) {
    static final UpdaterConfig ADAM = new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-3, 0.9);
    static final UpdaterConfig NESTEROVS = new UpdaterConfig(UpdaterConfig.Kind.NESTEROVS, 0.05, 0.9);
    static final long SEED = 20_250_101;

    /** 512 examples in 4 shards, mini-batches of 32, 2 epochs, {@code mlp:32}, dropout 0.5, Adam, 96 examples held out. */
    static Recipe small() {
        return new Recipe(
                new DataConfig("digits", "", new Holdout(96, 0), 512),
                "mlp:32",
                DropoutSpec.parse("0.5"),
                DropoutSpec.NONE,
                Regularisation.NONE,
                ADAM,
                new ScheduleConfig(2, 32, 4, 0, ExchangeMode.GRADIENTS),
                Augmentation.NONE);
    }

    Recipe model(String other) {
        return new Recipe(data, other, dropout, inputDropout, regularisation, updater, schedule, augmentation);
    }

    Recipe dropout(String spec) {
        return new Recipe(
                data, model, DropoutSpec.parse(spec), inputDropout, regularisation, updater, schedule, augmentation);
    }

    Recipe inputDropout(String spec) {
        return new Recipe(
                data, model, dropout, DropoutSpec.parse(spec), regularisation, updater, schedule, augmentation);
    }

    Recipe regularisation(double l1, double l2, double maxNorm) {
        return new Recipe(
                data,
                model,
                dropout,
                inputDropout,
                new Regularisation(l1, l2, maxNorm),
                updater,
                schedule,
                augmentation);
    }

    Recipe updater(UpdaterConfig other) {
        return new Recipe(data, model, dropout, inputDropout, regularisation, other, schedule, augmentation);
    }

    Recipe sgd(double learningRate) {
        return updater(new UpdaterConfig(UpdaterConfig.Kind.SGD, learningRate, 0));
    }

    Recipe examples(int training, int validation) {
        DataConfig other = new DataConfig("digits", "", new Holdout(validation, 0), training);
        return new Recipe(other, model, dropout, inputDropout, regularisation, updater, schedule, augmentation);
    }

    Recipe augmentation(String spec) {
        return new Recipe(
                data, model, dropout, inputDropout, regularisation, updater, schedule, Augmentation.parse(spec));
    }

    Recipe epochs(int epochs) {
        return scheduled(epochs, schedule.batchSize(), schedule.shards(), schedule.patience());
    }

    Recipe batchSize(int size) {
        return scheduled(schedule.epochs(), size, schedule.shards(), schedule.patience());
    }

    Recipe shards(int shards) {
        return scheduled(schedule.epochs(), schedule.batchSize(), shards, schedule.patience());
    }

    Recipe patience(int epochs) {
        return scheduled(schedule.epochs(), schedule.batchSize(), schedule.shards(), epochs);
    }

    Recipe exchange(String mode) {
        ScheduleConfig other = new ScheduleConfig(
                schedule.epochs(),
                schedule.batchSize(),
                schedule.shards(),
                schedule.patience(),
                ExchangeMode.parse(mode));
        return new Recipe(data, model, dropout, inputDropout, regularisation, updater, other, augmentation);
    }

    /** Also measures the accuracy on the training examples. */
    Recipe trainAccuracy() {
        ScheduleConfig other = new ScheduleConfig(
                schedule.epochs(),
                schedule.batchSize(),
                schedule.shards(),
                schedule.patience(),
                schedule.exchange(),
                true);
        return new Recipe(data, model, dropout, inputDropout, regularisation, updater, other, augmentation);
    }

    private Recipe scheduled(int epochs, int batchSize, int shards, int patience) {
        return new Recipe(
                data,
                model,
                dropout,
                inputDropout,
                regularisation,
                updater,
                new ScheduleConfig(epochs, batchSize, shards, patience, schedule.exchange()),
                augmentation);
    }

    TrainConfig config() {
        ModelConfig network = new ModelConfig(model, Activation.RELU, dropout, inputDropout, regularisation);
        return new TrainConfig(data, network, updater, schedule, augmentation, SEED);
    }

    /** What tests on several recipes are told apart by. */
    @Override
    public String toString() {
        return model + " " + updater.kind() + " " + updater.schedule() + " dropout " + dropout + " input "
                + inputDropout + " examples "
                + data.trainLimit() + " shards "
                + schedule.shards() + " batch " + schedule.batchSize() + " " + schedule.exchange() + " l1 "
                + regularisation.l1() + " l2 " + regularisation.l2() + " max-norm " + regularisation.maxNorm()
                + " augment " + augmentation;
    }
}
