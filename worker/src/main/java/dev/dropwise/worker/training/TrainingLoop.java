package dev.dropwise.worker.training;

import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.config.ScheduleConfig;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.progress.EpochReport;
import java.util.function.Consumer;

/**
 * Trains to the last epoch or until validation stops improving. Each epoch: one pass over the shards, agreement on the parameters,
 * eval-mode validation, checkpoint, report; always in this order, the same on every rank. For one thread.
 */
final class TrainingLoop {
    private final ScheduleConfig schedule;
    private final EpochPass pass;
    private final Agreement agreement;
    private final Scoring scoring;
    private final CheckpointWriter checkpoints;

    TrainingLoop(
            ScheduleConfig schedule,
            EpochPass pass,
            Agreement agreement,
            Scoring scoring,
            CheckpointWriter checkpoints) {
        this.schedule = schedule;
        this.pass = pass;
        this.agreement = agreement;
        this.scoring = scoring;
        this.checkpoints = checkpoints;
    }

    /**
     * Trains on from {@code start}.
     *
     * @param reports told of every complete epoch after its checkpoint is written
     * @return where training ended
     */
    Position run(Position start, Consumer<EpochReport> reports) {
        Position position = start;
        while (!position.isEndOf(schedule)) {
            EpochPass.Result trained = pass.run(position);
            String digest = agreement.reach(trained.step());
            Scoring.Result validated = scoring.validate(trained);
            requireFinite(validated.validation(), trained.step());
            position = after(position, trained.step(), validated.validation());
            EpochReport report = validated.report(position, digest);
            checkpoints.save(position, report);
            reports.accept(report);
        }
        return position;
    }

    private static void requireFinite(Tally validation, long step) {
        if (!Double.isFinite(validation.lossSum())) {
            throw DropwiseException.configuration("validation after step=" + (step - 1) + " computed a loss of "
                    + validation.lossSum() + " over " + validation.examples()
                    + " examples: training has diverged; lower --learning-rate or bound weights by --max-norm");
        }
    }

    private static Position after(Position before, long step, Tally validation) {
        int epoch = before.epoch() + 1;
        if (validation.examples() == 0) {
            return new Position(epoch, step, 0, before.bestAccuracy(), before.bestLoss());
        }
        double accuracy = validation.accuracy();
        double loss = validation.loss();
        boolean better = before.bestEpoch() == 0
                || accuracy > before.bestAccuracy()
                || (accuracy == before.bestAccuracy() && loss < before.bestLoss());
        return better
                ? new Position(epoch, step, epoch, accuracy, loss)
                : new Position(epoch, step, before.bestEpoch(), before.bestAccuracy(), before.bestLoss());
    }
}
