package dev.dropwise.worker.training;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.worker.transport.FrameSecret;

/**
 * What the driver hands to every rank of an attempt.
 *
 * @param runId unique name of the run; frames of other runs are refused
 * @param attempt counted from 1; frames of other attempts are refused
 * @param config what to train
 * @param kernelClass that every rank computes with
 * @param outDirectory run directory, any Hadoop path that every rank reaches
 * @param resume whether to start from the newest checkpoint in {@code outDirectory}
 * @param secret that seals the frames of this attempt, or none
 * @param trace whether ranks record what they do when
 */
public record TrainingOrder(
        String runId,
        int attempt,
        TrainConfig config,
        String kernelClass,
        String outDirectory,
        boolean resume,
        FrameSecret secret,
        boolean trace) {}
