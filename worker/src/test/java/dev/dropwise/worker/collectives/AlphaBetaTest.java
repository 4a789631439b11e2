package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.worker.collectives.AlphaBeta.Measured;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlphaBetaTest {
    @Test
    void shouldGiveTheTimesByHand() {
        AlphaBeta model = new AlphaBeta(10, 0.001);

        // Two ranks, two cores: 2 messages of 500 bytes. Four ranks, two cores: 6 messages of 250 bytes, two ranks in
        // turn.
        assertThat(model.us(2, 1000, 2)).isEqualTo(2 * (10 + 0.5));
        assertThat(model.us(4, 1000, 2)).isEqualTo(2 * 6 * (10 + 0.25));
        assertThat(model.us(4, 1000, 4)).isEqualTo(6 * (10 + 0.25));
    }

    @Test
    void shouldFindTheParametersThatTimesWereMadeFrom() {
        AlphaBeta made = new AlphaBeta(7.5, 0.00031);
        List<Measured> times = List.of(
                new Measured("", 2, 4096, made.us(2, 4096, 2)),
                new Measured("", 2, 1 << 20, made.us(2, 1 << 20, 2)),
                new Measured("", 4, 1 << 22, made.us(4, 1 << 22, 2)));

        AlphaBeta found = AlphaBeta.fit(times, 2);

        assertThat(found.alphaUs()).isCloseTo(7.5, within(1e-9));
        assertThat(found.betaUs()).isCloseTo(0.00031, within(1e-12));
    }
}
