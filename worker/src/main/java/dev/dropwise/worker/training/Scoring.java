package dev.dropwise.worker.training;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.evaluation.EvaluationPass;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.worker.collectives.Totals;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.trace.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Validation and test over all ranks: each evaluates its shards' examples in eval mode, and scores are summed in shard order. For one
 * thread.
 */
final class Scoring {
    private static final Codec CODEC = new Codec(List.of(
            RankScores.class, ShardScore.class, Tally.class, EpochReport.Seconds.class, EpochReport.Exchange.class));

    private final RankWorkspace world;
    private final EvaluationPass evaluation;
    private final boolean trainAccuracy;
    private long bytesBefore;
    private long roundsBefore;

    /**
     * @param trainAccuracy whether epochs end with a look at the training examples too
     */
    Scoring(RankWorkspace world, boolean trainAccuracy) {
        this.world = world;
        this.trainAccuracy = trainAccuracy;
        this.evaluation = new EvaluationPass(world.replica().network(), world.buffers());
    }

    /** An epoch's numbers over all ranks. */
    record Result(
            EpochPass.Result trained,
            Tally validation,
            ShardScore sum,
            EpochReport.Seconds seconds,
            EpochReport.Exchange exchange,
            List<EpochReport.Waits> waits) {
        EpochReport report(Position position, String parameterDigest) {
            return new EpochReport(
                    position.epoch(),
                    position.step(),
                    sum.trainLossSum() / sum.samples(),
                    validation.loss(),
                    validation.accuracy(),
                    sum.samples() / (trained.elapsedNs() / 1e9),
                    seconds,
                    trained.clock().medians(),
                    exchange,
                    parameterDigest,
                    waits,
                    sum.training().accuracy());
        }
    }

    /** Validates after a pass, and gathers what all ranks say of the epoch. */
    Result validate(EpochPass.Result trained) {
        long spanNs = world.timeline().nowNs();
        long startNs = System.nanoTime();
        List<ShardScore> own = new ArrayList<>();
        for (int local = 0; local < world.shards().size(); local++) {
            ShardExamples shard = world.shards().get(local);
            own.add(new ShardScore(
                    shard.shard(),
                    trained.lossSums()[local],
                    shard.training().count(),
                    evaluation.tally(shard.validation()),
                    trainAccuracy ? evaluation.tally(shard.training()) : Tally.NONE));
        }
        RankScores record =
                new RankScores(own, trained.clock().totals(System.nanoTime() - startNs), trained.waitedFor());
        List<RankScores> all = gather(record, trained.step());
        ShardScore sum = sum(all);
        world.timeline().add(Span.EVALUATE, spanNs, trained.step());
        return new Result(trained, sum.tally(), sum, mean(all), exchanged(), waits(all));
    }

    /** The test set's tally over all ranks. */
    Tally test(long step) {
        long startNs = world.timeline().nowNs();
        Tally tally = total(ShardExamples::test, step);
        world.timeline().add(Span.EVALUATE, startNs, step);
        return tally;
    }

    private Tally total(Function<ShardExamples, ExampleBlock> blockOf, long step) {
        List<ShardScore> own = world.shards().stream()
                .map(shard -> new ShardScore(shard.shard(), 0, 0, evaluation.tally(blockOf.apply(shard))))
                .toList();
        return sum(gather(new RankScores(own, new EpochReport.Seconds(0, 0, 0, 0), List.of()), step))
                .tally();
    }

    private List<RankScores> gather(RankScores own, long step) {
        return world.collectives().allGather(CODEC.encode(own), step).stream()
                .map(bytes -> CODEC.decode(bytes, RankScores.class))
                .toList();
    }

    private static ShardScore sum(List<RankScores> all) {
        return all.stream()
                .flatMap(record -> record.scores().stream())
                .sorted(Comparator.comparingInt(ShardScore::shard))
                .reduce((a, b) -> new ShardScore(
                        a.shard(),
                        a.trainLossSum() + b.trainLossSum(),
                        a.samples() + b.samples(),
                        a.tally().plus(b.tally()),
                        a.training().plus(b.training())))
                .orElseThrow();
    }

    private static EpochReport.Seconds mean(List<RankScores> all) {
        return new EpochReport.Seconds(
                mean(all, EpochReport.Seconds::compute),
                mean(all, EpochReport.Seconds::exchange),
                mean(all, EpochReport.Seconds::waiting),
                mean(all, EpochReport.Seconds::evaluate));
    }

    private static double mean(List<RankScores> all, java.util.function.ToDoubleFunction<EpochReport.Seconds> part) {
        return all.stream().map(RankScores::seconds).mapToDouble(part).average().orElse(0);
    }

    private static List<EpochReport.Waits> waits(List<RankScores> all) {
        return IntStream.range(0, all.size())
                .mapToObj(rank -> new EpochReport.Waits(
                        rank, all.get(rank).seconds().waiting(), all.get(rank).waitedFor()))
                .toList();
    }

    private EpochReport.Exchange exchanged() {
        Totals totals = world.collectives().totals();
        EpochReport.Exchange exchange = new EpochReport.Exchange(
                totals.bytes() - bytesBefore,
                totals.rounds() - roundsBefore,
                world.collectives().transportName());
        bytesBefore = totals.bytes();
        roundsBefore = totals.rounds();
        return exchange;
    }
}
