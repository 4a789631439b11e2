package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;

/**
 * Which examples a run sees.
 *
 * @param name {@code digits}, {@code mnist}, {@code cifar10} or a path
 * @param directory where the files are, any Hadoop path; empty when the set is embedded
 * @param validation examples held out of the training set
 * @param trainLimit training examples used at most; 0 for all
 */
public record DataConfig(String name, String directory, Holdout validation, int trainLimit) {
    public DataConfig {
        if (trainLimit < 0) {
            throw DropwiseException.configuration("train-limit must be at least 0 (0 = all), found " + trainLimit);
        }
    }
}
