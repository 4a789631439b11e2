package dev.dropwise.worker.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import dev.dropwise.worker.training.RankThreads;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkProbeTest {
    @Test
    void shouldMeasureBothDirectionsWhenTwoRanksProbeAtOnce() {
        long startNs = System.nanoTime();
        List<LinkSpeed> speeds = RankThreads.all(2, pair -> new LinkProbe(pair).measure());
        double tookSeconds = (System.nanoTime() - startNs) / 1e9;

        assertThat(speeds).hasSize(2).allSatisfy(speed -> {
            assertThat(speed.transport()).isEqualTo("loopback");
            // Neither can have taken longer, nor moved its megabytes more slowly, than the whole.
            assertThat(speed.roundTripUs()).isPositive().isLessThan(tookSeconds * 1e6);
            assertThat(speed.bytesPerSecond()).isGreaterThan(1024 * 1024 / tookSeconds);
        });
    }

    @Test
    void shouldRefuseWhenTheWorldIsNoPair() {
        RankThreads.all(1, alone -> {
            assertThatThrownBy(() -> new LinkProbe(alone))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("found a world of 1");
            return 0;
        });
    }
}
