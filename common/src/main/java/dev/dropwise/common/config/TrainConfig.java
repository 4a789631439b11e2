package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that decides the result of a training run; two runs with equal configurations and kernel classes give equal bits.
 * Where it runs (workers, master, output) is not part of it.
 *
 * @param data the examples
 * @param model the network
 * @param updater the update rule
 * @param schedule epochs, batches, shards, exchange
 * @param augmentation of training images
 * @param seed root of every random stream
 */
public record TrainConfig(
        DataConfig data,
        ModelConfig model,
        UpdaterConfig updater,
        ScheduleConfig schedule,
        Augmentation augmentation,
        long seed) {
    public TrainConfig {
        Holdout validation = data.validation();
        if (schedule.patience() > 0 && validation.count() <= 0 && validation.fraction() == 0) {
            throw DropwiseException.configuration(
                    "early-stopping needs validation examples to judge by: early-stopping=" + schedule.patience()
                            + " validation=" + validation + "; raise --validation");
        }
    }

    /** A run on images as they are. */
    public TrainConfig(DataConfig data, ModelConfig model, UpdaterConfig updater, ScheduleConfig schedule, long seed) {
        this(data, model, updater, schedule, Augmentation.NONE, seed);
    }

    /** What will work, but not as it is meant to; each a sentence for people. */
    public List<String> warnings() {
        return Stream.of(model.warnings(), withoutEffect(), augmentation.warnings(data.name()))
                .flatMap(List::stream)
                .toList();
    }

    private List<String> withoutEffect() {
        if (model.definition().isEmpty()) {
            return List.of();
        }
        List<String> options = Stream.of(updater.unusual(), model.withoutEffect())
                .flatMap(List::stream)
                .toList();
        return options.isEmpty()
                ? List.of()
                : List.of("model " + model.name() + ": the file decides, so "
                        + String.join(", ", options) + (options.size() == 1 ? " has" : " have") + " no effect; write "
                        + (options.size() == 1 ? "it" : "them") + " into " + model.name());
    }

    /**
     * SHA-256 of what decides the state after any given step: all but how long training goes on and where the data lie.
     * Checkpoints carry it, so that a run never goes on from another run's state.
     */
    public String digest() {
        // As these records were before they had samples, pixels, a schedule of rates, an augmentation and a look at the
        // training examples,
        // so that runs without them can go on from older checkpoints.
        String text = "TrainConfig[data=DataConfig[name=" + data.name() + ", directory=, validation="
                + data.validation()
                + ", trainLimit=" + data.trainLimit()
                + (data.sampled() ? ", sampled=true" : "")
                + (data.pixels() == PixelScale.STANDARD ? "" : ", pixels=" + data.pixels()) + "], model=" + model
                + ", updater=UpdaterConfig[kind=" + updater.kind() + ", learningRate=" + updater.learningRate()
                + ", momentum=" + updater.momentum()
                + (updater.schedule().isConstant() ? "" : ", schedule=" + updater.schedule())
                + "], schedule=ScheduleConfig[epochs=1, batchSize=" + schedule.batchSize()
                + ", shards=" + schedule.shards() + ", patience=0, exchange=" + schedule.exchange() + "]"
                + (augmentation.isNone() ? "" : ", augmentation=" + augmentation) + ", seed=" + seed + "]";
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
