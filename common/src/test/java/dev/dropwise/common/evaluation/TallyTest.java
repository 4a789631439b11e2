package dev.dropwise.common.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void shouldAddUpWhenTwoSetsAreDisjoint() {
        assertThat(new Tally(3, 2, 0.5).plus(new Tally(5, 1, 0.25))).isEqualTo(new Tally(8, 3, 0.75));
        assertThat(new Tally(3, 2, 0.5).plus(Tally.NONE)).isEqualTo(new Tally(3, 2, 0.5));
    }

    @Test
    void shouldDivideByTheExamplesWhenAskedForMeans() {
        Tally tally = new Tally(8, 6, 2);

        assertThat(tally.accuracy()).isEqualTo(0.75);
        assertThat(tally.loss()).isEqualTo(0.25);
    }

    @Test
    void shouldSayNaNWhenNothingWasEvaluated() {
        assertThat(Tally.NONE.accuracy()).isNaN();
        assertThat(Tally.NONE.loss()).isNaN();
    }
}
