package dev.dropwise.common.config;

/**
 * Everything that decides the result of a training run; two runs with equal configurations and kernel classes give equal bits.
 * Where it runs (workers, master, output) is not part of it.
 *
 * @param data the examples
 * @param model the network
 * @param updater the update rule
 * @param schedule epochs, batches, shards, exchange
 * @param seed root of every random stream
 */
public record TrainConfig(
        DataConfig data, ModelConfig model, UpdaterConfig updater, ScheduleConfig schedule, long seed) {}
