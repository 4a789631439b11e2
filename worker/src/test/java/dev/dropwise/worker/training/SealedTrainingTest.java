package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.transport.FrameSecret;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SealedTrainingTest {
    @TempDir
    private Path out = Path.of("");

    @Test
    void shouldTrainBitForBitTheSameWhenFramesAreSealed() {
        // given
        Recipe recipe = Recipe.small();
        InProcessRun clear = InProcessRun.of(recipe, out.resolve("clear"));
        InProcessRun sealed = InProcessRun.of(recipe, out.resolve("sealed")).sealedBy(new FrameSecret(new byte[32]));

        // when
        Trained expected = clear.train(2);
        Trained found = sealed.train(2);

        // then
        assertThat(found.epochs().get(0).exchange().transport()).isEqualTo("loopback sealed");
        assertThat(found.numbers()).isEqualTo(expected.numbers());
        assertThat(found.model()).isEqualTo(expected.model());
        // The digest of the configuration is part of it: such a run can be resumed with either choice.
        Checkpoints.assertSame(out.resolve("sealed"), out.resolve("clear"), 2);
    }
}
