package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** Holds two runs' states after an epoch against each other, bit for bit; how long the epoch took is not part of that. */
    static void assertSame(Path found, Path expected, int epoch) {
        assertThat(state(found, epoch))
                .usingRecursiveComparison()
                .ignoringFields("report")
                .isEqualTo(state(expected, epoch));
    }

    static float[] parameters(Path out, int epoch) {
        return state(out, epoch).parameters();
    }
}
