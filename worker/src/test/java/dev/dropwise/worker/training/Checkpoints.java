package dev.dropwise.worker.training;

import dev.dropwise.common.checkpoint.CheckpointStore;
import dev.dropwise.common.checkpoint.TrainingState;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** Reads the checkpoints that a run has left. */
final class Checkpoints {
    private Checkpoints() {}

    static TrainingState state(Path out, int epoch) {
        CheckpointStore store = new CheckpointStore(
                new org.apache.hadoop.fs.Path(out.resolve("checkpoints").toUri()), new Configuration(), text -> {
                    throw new AssertionError(text);
                });
        return store.whole(epoch).orElseThrow();
    }

    static float[] parameters(Path out, int epoch) {
        return state(out, epoch).parameters();
    }
}
