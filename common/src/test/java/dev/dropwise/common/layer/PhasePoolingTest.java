package dev.dropwise.common.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationTanH;

class PhasePoolingTest {
    @Test
    void shouldGiveTheFirstOfSeveralLargestTheGradientWhenTheyTie() {
        PhasePooling pooling = new PhasePooling(Nonlinearity.of(new ActivationIdentity()), 2);
        // Two windows; a column is a window, a row is a phase.
        float[] products = {
            3, -1,
            3, -2,
            1, -1,
            3, -1,
        };
        FloatBuffer output = FloatBuffer.allocate(2);
        FloatBuffer delta = FloatBuffer.allocate(8);

        pooling.forward(FloatBuffer.wrap(products), output, 2);
        pooling.backprop(FloatBuffer.wrap(products), FloatBuffer.wrap(new float[] {5, 7}), delta, 2);

        assertThat(output.array()).containsExactly(3, -1);
        assertThat(delta.array()).containsExactly(5, 7, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void shouldGiveNoGradientWhenTheRectifierIsOff() {
        PhasePooling pooling = new PhasePooling(Nonlinearity.of(new ActivationReLU()), 2);
        float[] products = {-3, -1, -2, -4, 0, 2, 0, 1};
        FloatBuffer delta = FloatBuffer.allocate(8);

        pooling.backprop(FloatBuffer.wrap(products), FloatBuffer.wrap(new float[] {5, 7}), delta, 2);

        assertThat(delta.array()).containsExactly(0, 0, 0, 0, 0, 7, 0, 0);
    }

    @Test
    void shouldTellTheSmallestPositiveFromZeroWhenDifferentiating() {
        float[] y = {Float.MIN_VALUE, 0, -Float.MIN_VALUE, 1, -1, Float.MAX_VALUE, -Float.MAX_VALUE, -0f};
        float[] rectified = {1, 1, 1, 1, 1, 1, 1, 1};
        float[] leaky = rectified.clone();

        Nonlinearity.of(new ActivationReLU()).differentiate(y, rectified, y.length);
        Nonlinearity.of(new ActivationLReLU(0.25)).differentiate(y, leaky, y.length);

        assertThat(rectified).containsExactly(1, 0, 0, 1, 0, 1, 0, 0);
        assertThat(leaky).containsExactly(1, 1, 0.25f, 1, 0.25f, 1, 0.25f, 1);
    }

    @Test
    void shouldCoverPiecewiseLinearFunctionsOnlyWhenAsked() {
        assertThat(Nonlinearity.covers(new ActivationReLU())).isTrue();
        assertThat(Nonlinearity.covers(new ActivationLReLU(0.3))).isTrue();
        assertThat(Nonlinearity.covers(new ActivationLReLU(1.5))).isFalse();
        assertThat(Nonlinearity.covers(new ActivationReLU(6.0, null, null))).isFalse();
        assertThat(Nonlinearity.covers(new ActivationTanH())).isFalse();
    }
}
