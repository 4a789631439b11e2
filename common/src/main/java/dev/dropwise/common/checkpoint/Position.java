package dev.dropwise.common.checkpoint;

import dev.dropwise.common.config.ScheduleConfig;

/**
 * Where training stands: everything that a resumed run needs beside the parameters.
 *
 * @param epoch completed epochs
 * @param step completed steps since the start of the run
 * @param bestEpoch epoch (1-based) of the best validation accuracy so far; 0 before the first validation
 * @param bestAccuracy validation accuracy of {@code bestEpoch}
 * @param bestLoss validation loss of {@code bestEpoch}, which breaks ties
 */
public record Position(int epoch, long step, int bestEpoch, double bestAccuracy, double bestLoss) {
    /** Before the first step. */
    public static final Position START = new Position(0, 0, 0, 0, Double.MAX_VALUE);

    /** Epochs since the best one. */
    public int epochsWithoutProgress() {
        return epoch - bestEpoch;
    }

    /** Whether training by {@code schedule} ends here: with its last epoch, or with as many as its patience lasts behind the best one. */
    public boolean isEndOf(ScheduleConfig schedule) {
        return epoch >= schedule.epochs()
                || (schedule.patience() > 0 && bestEpoch > 0 && epochsWithoutProgress() >= schedule.patience());
    }
}
