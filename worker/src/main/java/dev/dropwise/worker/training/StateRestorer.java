package dev.dropwise.worker.training;

import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.checkpoint.CheckpointStore;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.checkpoint.TrainingState;
import dev.dropwise.common.codec.Codec;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.progress.EpochReport;
import dev.dropwise.worker.progress.EventCodec;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Puts all ranks at the same start: rank 0 restores a checkpoint, or keeps the parameters that its network was initialised with, and
 * broadcasts position, parameters and updater state. At the end it puts the best epoch's parameters back.
 */
final class StateRestorer {
    private static final Codec CODEC = new Codec(List.of(Position.class, Kept.class));
    private static final int ROOT = 0;
    /** As training itself judges: of equally good epochs the first. */
    private static final Comparator<EpochReport> SCORE = Comparator.comparingDouble(EpochReport::validationAccuracy)
            .thenComparing(
                    Comparator.comparingDouble(EpochReport::validationLoss).reversed())
            .thenComparing(Comparator.comparingInt(EpochReport::epoch).reversed());

    private final Collectives collectives;
    private final Replica replica;
    private final CheckpointStore checkpoints;
    private final Expected expected;
    private final Consumer<String> warnings;
    private Optional<EpochReport> report = Optional.empty();

    /**
     * @param expected of a checkpoint
     * @param warnings told of what a person should know of the checkpoint that is restored
     */
    StateRestorer(
            Collectives collectives,
            Replica replica,
            CheckpointStore checkpoints,
            Expected expected,
            Consumer<String> warnings) {
        this.collectives = collectives;
        this.replica = replica;
        this.checkpoints = checkpoints;
        this.expected = expected;
        this.warnings = warnings;
    }

    /**
     * What a checkpoint of this run says.
     *
     * @param configDigest without which it is refused
     * @param epochs beyond which it is refused
     * @param kernelClass without which bits will differ
     */
    record Expected(String configDigest, int epochs, String kernelClass) {}

    /**
     * What a run ends with.
     *
     * @param epoch whose parameters all ranks hold
     * @param accuracy of these on the validation examples; NaN when nothing tells
     */
    record Kept(int epoch, double accuracy) {}

    /**
     * Agrees on where to start.
     *
     * @param resume whether to look for a checkpoint
     * @return the position that all ranks are at
     */
    Position agree(boolean resume) {
        byte[] own = new byte[0];
        if (collectives.roster().rank() == ROOT) {
            own = CODEC.encode(resume ? newest() : Position.START);
        }
        Position agreed = CODEC.decode(collectives.allGather(own, 0).get(ROOT), Position.class);
        broadcast(agreed.step());
        return agreed;
    }

    /** What there is to tell of the epoch whose parameters are held; nothing before the first, or on another rank than 0 after a restart. */
    Optional<EpochReport> report() {
        return report;
    }

    /** The ranks have trained on, and hold the parameters of the epoch that {@code done} tells of. */
    void trained(EpochReport done) {
        report = Optional.of(done);
    }

    private Position newest() {
        Optional<TrainingState> found = checkpoints.newest(Integer.MAX_VALUE);
        found.filter(state -> !state.kernelClass().equals(expected.kernelClass()))
                .ifPresent(state -> warnings.accept("the checkpoint of epoch "
                        + state.position().epoch() + " was computed on " + state.kernelClass()
                        + ", this attempt computes on " + expected.kernelClass()
                        + ": results agree within rounding, not bit for bit"));
        found.ifPresent(state -> state.requireStartOf(expected.configDigest(), expected.epochs()));
        return found.map(this::restore).orElse(Position.START);
    }

    /**
     * Puts the parameters of the best epoch on all ranks. Were its checkpoint gone or damaged, a run is not lost for that: then those of
     * the best epoch that is left, by a checkpoint or in memory, with a warning.
     *
     * @param end of training, whose parameters all ranks hold
     * @throws DropwiseException (I/O) when checkpoints cannot be reached, since they may be sound
     */
    Kept recall(Position end) {
        byte[] own = new byte[0];
        if (collectives.roster().rank() == ROOT) {
            own = CODEC.encode(best(end));
        }
        Kept kept = CODEC.decode(collectives.allGather(own, end.step()).get(ROOT), Kept.class);
        if (kept.epoch() != end.epoch()) {
            broadcast(end.step());
        }
        return kept;
    }

    private Kept best(Position end) {
        Optional<TrainingState> wanted = checkpoints.whole(end.bestEpoch()).filter(this::isOurs);
        if (wanted.isPresent()) {
            restore(wanted.get());
            return new Kept(end.bestEpoch(), end.bestAccuracy());
        }
        bestBefore(end).filter(this::isBetterThanHeld).ifPresent(this::restore);
        Kept kept = new Kept(
                report.map(EpochReport::epoch).orElse(end.epoch()),
                report.map(EpochReport::validationAccuracy).orElse(Double.NaN));
        warnings.accept(String.format(
                Locale.ROOT,
                "the checkpoint of the best epoch %d (validation accuracy %.2f %%) is gone or damaged: model.zip holds epoch %d"
                        + " (validation accuracy %.2f %%), the best that is left; to have the best one, train again, and leave"
                        + " checkpoints/ alone meanwhile",
                end.bestEpoch(),
                100 * end.bestAccuracy(),
                kept.epoch(),
                100 * kept.accuracy()));
        return kept;
    }

    /** The best checkpoint that is whole, without that of the best epoch, and that of the last one, which is in memory. */
    private Optional<TrainingState> bestBefore(Position end) {
        return checkpoints.epochs().headSet(end.epoch()).stream()
                .filter(epoch -> epoch != end.bestEpoch())
                .flatMap(epoch -> checkpoints.whole(epoch).stream())
                .filter(state -> isOurs(state) && reportOf(state).isPresent())
                .max(Comparator.comparing(state -> reportOf(state).orElseThrow(), SCORE));
    }

    private boolean isBetterThanHeld(TrainingState state) {
        return report.isEmpty() || SCORE.compare(reportOf(state).orElseThrow(), report.get()) > 0;
    }

    private boolean isOurs(TrainingState state) {
        return state.configDigest().equals(expected.configDigest());
    }

    private static Optional<EpochReport> reportOf(TrainingState state) {
        return Optional.of(state.report()).filter(bytes -> bytes.length > 0).map(new EventCodec()::decodeReport);
    }

    private Position restore(TrainingState state) {
        NativeFloats.set(replica.parameters(), state.parameters());
        replica.updaterState().ifPresent(array -> NativeFloats.set(array, state.updaterState()));
        report = reportOf(state);
        return state.position();
    }

    private void broadcast(long step) {
        broadcast(replica.parameters(), step);
        replica.updaterState().ifPresent(state -> broadcast(state, step));
    }

    private void broadcast(INDArray array, long step) {
        collectives.broadcast(Replica.memory(array), Math.toIntExact(array.length() * Float.BYTES), ROOT, step);
    }
}
