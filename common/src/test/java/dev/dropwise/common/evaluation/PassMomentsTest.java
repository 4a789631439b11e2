package dev.dropwise.common.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PassMomentsTest {
    private static final double LN_2 = 0.693147180559945;

    @Test
    void shouldGiveTheNumbersByHandWhenTwoPassesDiffer() {
        // given three examples of two classes: sure but contradictory, unsure alike, between
        PassMoments moments = new PassMoments(3, 2);

        // when
        moments.add(new float[] {1, 0, 0.5f, 0.5f, 0.75f, 0.25f});
        moments.add(new float[] {0, 1, 0.5f, 0.5f, 0.25f, 0.75f});

        // then
        Uncertainty found = moments.uncertainty();
        assertThat(found.count()).isEqualTo(3);
        assertThat(found.means()).containsExactly(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);
        assertThat(found.variances()).containsExactly(0.25f, 0.25f, 0, 0, 0.0625f, 0.0625f);
        assertThat(found.entropies()).containsExactly(new double[] {LN_2, LN_2, LN_2}, within(1e-12));
        // The entropy of (3/4, 1/4) is ln 4 - 3/4 ln 3.
        double between = LN_2 - (2 * LN_2 - 0.75 * 1.09861228866811);
        assertThat(found.mutualInformation()).containsExactly(new double[] {LN_2, 0, between}, within(1e-12));
    }

    @Test
    void shouldWeighPassesEquallyWhenThereAreThree() {
        PassMoments moments = new PassMoments(1, 3);

        moments.add(new float[] {1, 0, 0});
        moments.add(new float[] {0.25f, 0.75f, 0});
        moments.add(new float[] {0.25f, 0.75f, 0});

        Uncertainty found = moments.uncertainty();
        assertThat(found.means()).containsExactly(0.5f, 0.5f, 0);
        assertThat(found.variances()).containsExactly(0.125f, 0.125f, 0);
        assertThat(found.entropies()[0]).isCloseTo(LN_2, within(1e-12));
        double quarter = 2 * LN_2 - 0.75 * 1.09861228866811;
        assertThat(found.mutualInformation()[0]).isCloseTo(LN_2 - 2 * quarter / 3, within(1e-12));
    }

    @Test
    void shouldHaveNoVarianceAndNoInformationWhenThereIsOnePassOrAllAgree() {
        float[] pass = {0.1f, 0.2f, 0.7f};
        PassMoments once = new PassMoments(1, 3);
        PassMoments often = new PassMoments(1, 3);
        once.add(pass);
        for (int i = 0; i < 77; i++) {
            often.add(pass);
        }

        for (Uncertainty found : new Uncertainty[] {once.uncertainty(), often.uncertainty()}) {
            assertThat(found.means()).containsExactly(pass);
            assertThat(found.variances()).containsOnly(0);
            assertThat(found.mutualInformation()).containsExactly(0);
            double entropy = 0;
            for (float p : pass) {
                entropy -= p * Math.log(p);
            }
            assertThat(found.entropies()[0]).isCloseTo(entropy, within(1e-12));
        }
    }

    @Test
    void shouldRefuseAPassOfAnotherSize() {
        assertThatThrownBy(() -> new PassMoments(2, 3).add(new float[5])).hasMessageContainingAll("6", "5");
    }
}
