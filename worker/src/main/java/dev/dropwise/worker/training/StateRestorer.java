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
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Puts all ranks at the same start: rank 0 restores a checkpoint, or keeps the parameters that its network was initialised with, and
 * broadcasts position, parameters and updater state.
 */
final class StateRestorer {
    private static final Codec CODEC = new Codec(List.of(Position.class));
    private static final int ROOT = 0;

    private final Collectives collectives;
    private final Replica replica;
    private final CheckpointStore checkpoints;
    private final Expected expected;
    private final Consumer<String> warnings;
    private byte[] report = new byte[0];

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
     * @param kernelClass without which bits will differ
     */
    record Expected(String configDigest, String kernelClass) {}

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

    /** What the checkpoint that was restored last says of its epoch; nothing on other ranks than 0, or when none was. */
    Optional<EpochReport> report() {
        return Optional.of(report).filter(bytes -> bytes.length > 0).map(new EventCodec()::decodeReport);
    }

    private Position newest() {
        Optional<TrainingState> found = checkpoints.newest(Integer.MAX_VALUE);
        found.filter(state -> !state.kernelClass().equals(expected.kernelClass()))
                .ifPresent(state -> warnings.accept("the checkpoint of epoch "
                        + state.position().epoch() + " was computed on " + state.kernelClass()
                        + ", this attempt computes on " + expected.kernelClass()
                        + ": results agree within rounding, not bit for bit"));
        return found.map(this::restore).orElse(Position.START);
    }

    /** Puts the parameters of {@code epoch}'s checkpoint, if there is one, on all ranks. */
    void recall(int epoch, long step) {
        byte[] found = new byte[0];
        if (collectives.roster().rank() == ROOT) {
            Optional<TrainingState> state = checkpoints.whole(epoch);
            state.ifPresent(this::restore);
            found = new byte[] {(byte) (state.isPresent() ? 1 : 0)};
        }
        if (collectives.allGather(found, step).get(ROOT)[0] == 0) {
            throw DropwiseException.io(
                    "the checkpoint of the best epoch " + epoch
                            + " is gone or damaged: keep checkpoints/ while a run runs; train"
                            + " again, or without --validation to keep the last epoch",
                    null);
        }
        broadcast(step);
    }

    private Position restore(TrainingState state) {
        if (!state.configDigest().equals(expected.configDigest())) {
            throw DropwiseException.configuration(
                    "the checkpoint of epoch " + state.position().epoch()
                            + " belongs to another configuration: expected digest " + expected.configDigest()
                            + ", found "
                            + state.configDigest()
                            + "; resume with the options in run.json (only --epochs and --early-stopping may change), or choose another --out");
        }
        NativeFloats.set(replica.parameters(), state.parameters());
        replica.updaterState().ifPresent(array -> NativeFloats.set(array, state.updaterState()));
        report = state.report();
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
