package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;

/**
 * Which examples a run sees.
 *
 * @param name {@code digits}, {@code mnist}, {@code cifar10} or a path
 * @param directory where the files are, any Hadoop path; empty when the set is embedded
 * @param validation examples held out of the training set
 * @param trainLimit training examples used at most; 0 for all
 * @param sampled whether a limited number of training examples, and those held out, are drawn from the whole training set by the seed of
 *     the run; otherwise they are its first
 * @param pixels what networks see of them
 */
public record DataConfig(
        String name, String directory, Holdout validation, int trainLimit, boolean sampled, PixelScale pixels) {
    public DataConfig {
        if (trainLimit < 0) {
            throw DropwiseException.configuration("train-limit must be at least 0 (0 = all), found " + trainLimit);
        }
    }

    /** The first examples, with the usual pixels. */
    public DataConfig(String name, String directory, Holdout validation, int trainLimit) {
        this(name, directory, validation, trainLimit, false, PixelScale.STANDARD);
    }

    /** The same examples, seen another way. */
    public DataConfig with(PixelScale other) {
        return new DataConfig(name, directory, validation, trainLimit, sampled, other);
    }

    /** As many examples, chosen another way. */
    public DataConfig sampled(boolean other) {
        return new DataConfig(name, directory, validation, trainLimit, other, pixels);
    }
}
