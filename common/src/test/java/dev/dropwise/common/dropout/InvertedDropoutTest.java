package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.failure.DropwiseException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class InvertedDropoutTest {
    private static final LayerWorkspaceMgr WORKSPACES = LayerWorkspaceMgr.noWorkspaces();

    @Test
    void shouldDropTheConfiguredFractionWhenTraining() {
        for (double drop : new double[] {0.01, 0.2, 0.5, 0.9}) {
            INDArray mask = masked(drop, Nd4j.ones(DataType.FLOAT, 128, 1024));

            double dropped = countOf(mask, 0) / (128.0 * 1024);
            double standardError = Math.sqrt(drop * (1 - drop) / (128 * 1024));
            assertThat(dropped).isCloseTo(drop, within(4 * standardError));
            assertThat(countOf(mask, (float) (1 / (1 - drop)))).isEqualTo(128 * 1024 - countOf(mask, 0));
        }
    }

    @Test
    void shouldKeepEverythingWhenTheDropProbabilityIsZero() {
        INDArray input = Nd4j.linspace(1, 12, 12, DataType.FLOAT).reshape(3, 4);

        assertThat(masked(0, input)).isEqualTo(input);
    }

    @Test
    void shouldHaveTheMeanOfEvaluationWhenAveragedOverManyMasks() {
        double drop = 0.3;
        int steps = 400;
        INDArray input = Nd4j.linspace(-2, 3, 600, DataType.FLOAT).reshape(6, 100);
        InvertedDropout dropout = new InvertedDropout(drop, 11, 0);
        INDArray sum = input.like();
        for (int step = 0; step < steps; step++) {
            sum.addi(dropout.applyDropout(input, input.like(), step, 0, WORKSPACES));
        }

        // The sum over all elements of y - x has variance steps * p / (1 - p) * sum(x^2).
        double deviation =
                sum.sumNumber().doubleValue() - steps * input.sumNumber().doubleValue();
        double norm = input.norm2Number().doubleValue();
        double standardError = norm * Math.sqrt(steps * drop / (1 - drop));
        assertThat(deviation).isCloseTo(0, within(3 * standardError));
    }

    @Test
    void shouldDropTheSameUnitsWhenTheInputIsInFOrderAViewOrOfRankFour() {
        INDArray whole = Nd4j.rand(DataType.FLOAT, 8, 3, 5, 4).addi(1);
        INDArray expected = masked(0.5, whole);

        INDArray view = Nd4j.create(DataType.FLOAT, 10, 3, 7, 9)
                .get(
                        NDArrayIndex.interval(1, 9),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(2, 7),
                        NDArrayIndex.interval(0, 2, 8));
        view.assign(whole);
        INDArray convolved = whole.permute(1, 0, 2, 3).dup('f').permute(1, 0, 2, 3);

        assertThat(masked(0.5, whole.dup('f'))).isEqualTo(expected);
        assertThat(masked(0.5, view)).isEqualTo(expected);
        assertThat(masked(0.5, convolved)).isEqualTo(expected);
        assertThat(masked(0.5, whole.reshape(8, 60)).reshape(8, 3, 5, 4)).isEqualTo(expected);
    }

    @Test
    void shouldDropTheSameUnitsWhenTheTypeIsDouble() {
        INDArray single = masked(0.3, Nd4j.ones(DataType.FLOAT, 100, 50));
        INDArray twice = masked(0.3, Nd4j.ones(DataType.DOUBLE, 100, 50));

        assertThat(twice.dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(twice.castTo(DataType.FLOAT)).isEqualTo(single);
        assertThat(twice.maxNumber().doubleValue()).isEqualTo(1 / (1 - 0.3));
    }

    @Test
    void shouldRefuseWithTheTypeWhenActivationsAreHalfPrecision() {
        INDArray half = Nd4j.ones(DataType.FLOAT16, 2, 3);

        assertThatThrownBy(() -> masked(0.5, half))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("FLOAT or DOUBLE")
                .hasMessageContaining("HALF");
    }

    @Test
    void shouldWriteToTheResultWhenItIsTheInputOrAnotherArray() {
        INDArray input = Nd4j.rand(DataType.FLOAT, 16, 33);
        INDArray before = input.dup();
        INDArray result = input.like();
        InvertedDropout dropout = new InvertedDropout(0.5, 1, 2);

        assertThat(dropout.applyDropout(input, result, 3, 4, WORKSPACES)).isSameAs(result);
        assertThat(input).isEqualTo(before);
        assertThat(dropout.applyDropout(input, input, 3, 4, WORKSPACES)).isSameAs(input);
        assertThat(input).isEqualTo(result);
    }

    @Test
    void shouldMaskTheGradientLikeTheActivationsWhenGoingBack() {
        InvertedDropout dropout = new InvertedDropout(0.4, 1, 2);
        INDArray input = Nd4j.rand(DataType.FLOAT, 32, 65).addi(1);
        INDArray gradient = Nd4j.rand(DataType.FLOAT, 32, 65).addi(1);
        INDArray output = dropout.applyDropout(input, input.like(), 0, 0, WORKSPACES);
        INDArray expected = gradient.mul(output.div(input));

        INDArray back = dropout.backprop(gradient, gradient, 0, 0);

        assertThat(back).isSameAs(gradient);
        assertThat(back.equalsWithEps(expected, 1e-5)).isTrue();
    }

    @Test
    void shouldRefuseToGoBackWhenThereWasNoForwardPassOrItWasCleared() {
        InvertedDropout dropout = new InvertedDropout(0.5);
        INDArray array = Nd4j.ones(DataType.FLOAT, 2, 2);
        assertThatThrownBy(() -> dropout.backprop(array, array, 0, 0)).isInstanceOf(IllegalStateException.class);

        dropout.applyDropout(array, array, 0, 0, WORKSPACES);
        dropout.clear();

        assertThatThrownBy(() -> dropout.backprop(array, array, 0, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without a forward pass");
    }

    @Test
    void shouldGiveTheSameMaskWhenMiniBatchesOfOtherSizesCameBetween() {
        InvertedDropout dropout = new InvertedDropout(0.5, 8, 0);
        INDArray first = dropout.applyDropout(
                Nd4j.ones(DataType.FLOAT, 20, 30), Nd4j.create(DataType.FLOAT, 20, 30), 7, 0, WORKSPACES);
        for (int batch : new int[] {19, 40, 1, 20}) {
            INDArray ones = Nd4j.ones(DataType.FLOAT, batch, 30);
            dropout.applyDropout(ones, ones, 8, 0, WORKSPACES);
        }

        INDArray again = dropout.applyDropout(
                Nd4j.ones(DataType.FLOAT, 20, 30), Nd4j.create(DataType.FLOAT, 20, 30), 7, 0, WORKSPACES);

        assertThat(again).isEqualTo(first);
    }

    @Test
    void shouldDrawAnotherMaskWhenSeedSiteEpochOrIterationDiffers() {
        INDArray base = unbound(1, 2, 3, 4);

        assertThat(unbound(1, 2, 3, 4)).isEqualTo(base);
        assertThat(unbound(9, 2, 3, 4)).isNotEqualTo(base);
        assertThat(unbound(1, 9, 3, 4)).isNotEqualTo(base);
        assertThat(unbound(1, 2, 9, 4)).isNotEqualTo(base);
        assertThat(unbound(1, 2, 3, 9)).isNotEqualTo(base);
        assertThat(unbound(1, 2, 4, 3)).isNotEqualTo(base);
    }

    @Test
    void shouldReadBackWhatItWroteWhenAConfigurationGoesThroughJson() {
        MultiLayerConfiguration configuration = TestNetwork.configuration();

        String json = configuration.toJson();
        MultiLayerConfiguration back = MultiLayerConfiguration.fromJson(json);

        assertThat(json).contains("\"@class\" : \"dev.dropwise.common.dropout.InvertedDropout\"");
        assertThat(json).contains("\"dropProbability\" : 0.5").doesNotContain("mask", "bound");
        assertThat(back).isEqualTo(configuration);
        assertThat(back.getConf(1).getLayer().getIDropout()).isEqualTo(new InvertedDropout(0.5, 5, 1));
        assertThat(back.toJson()).isEqualTo(json);
    }

    @Test
    void shouldReadBackWhatItWroteWhenSerialisedByJavaAfterTraining() throws Exception {
        InvertedDropout dropout = new InvertedDropout(0.5, 6, 7);
        INDArray ones = Nd4j.ones(DataType.FLOAT, 4, 50);
        INDArray expected = dropout.applyDropout(ones, ones.like(), 0, 0, WORKSPACES);
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(dropout);
        }

        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            InvertedDropout back = (InvertedDropout) in.readObject();
            assertThat(back).isEqualTo(dropout);
            assertThat(back.applyDropout(ones, ones.like(), 0, 0, WORKSPACES)).isEqualTo(expected);
        }
    }

    @Test
    void shouldShareNoMaskWhenCloned() {
        InvertedDropout dropout = new InvertedDropout(0.5, 6, 7);
        INDArray ones = Nd4j.ones(DataType.FLOAT, 4, 50);
        dropout.applyDropout(ones, ones.like(), 0, 0, WORKSPACES);

        InvertedDropout clone = dropout.clone();

        assertThat(clone).isEqualTo(dropout).hasSameHashCodeAs(dropout).isNotSameAs(dropout);
        assertThatThrownBy(() -> clone.backprop(ones, ones, 0, 0)).isInstanceOf(IllegalStateException.class);
        clone.applyDropout(ones, ones.like(), 1, 0, WORKSPACES);
        INDArray mine = dropout.backprop(ones, ones.like(), 0, 0);
        assertThat(mine).isEqualTo(dropout.applyDropout(ones, ones.like(), 0, 0, WORKSPACES));
    }

    @Test
    void shouldDifferWhenProbabilitySeedOrSiteDiffer() {
        InvertedDropout dropout = new InvertedDropout(0.5, 6, 7);

        assertThat(dropout)
                .isNotEqualTo(new InvertedDropout(0.4, 6, 7))
                .isNotEqualTo(new InvertedDropout(0.5, 5, 7))
                .isNotEqualTo(new InvertedDropout(0.5, 6, 8))
                .hasToString("InvertedDropout(dropProbability=0.5)");
    }

    @Test
    void shouldRefuseWhenTheDropProbabilityIsOneNegativeOrNoNumber() {
        for (double drop : new double[] {1, -0.1, Double.NaN}) {
            assertThatThrownBy(() -> new InvertedDropout(drop))
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContaining("[0, 1)")
                    .hasMessageContaining(Double.toString(drop));
        }
    }

    @Test
    void shouldMakeTheDropoutOfASpecWhenItDropsAnything() {
        ImageShape image = new ImageShape(1, 2, 3);
        assertThat(Dropouts.of(DropoutSpec.parse("inverted:0.25"), image, 3, 4))
                .contains(new InvertedDropout(0.25, 3, 4));
        assertThat(Dropouts.of(DropoutSpec.NONE, image, 3, 4)).isEmpty();
        assertThat(Dropouts.of(DropoutSpec.parse("inverted:0"), image, 3, 4)).isEmpty();
    }

    private static INDArray unbound(long seed, int site, int iteration, int epoch) {
        INDArray ones = Nd4j.ones(DataType.FLOAT, 4, 50);
        return new InvertedDropout(0.5, seed, site).applyDropout(ones, ones, iteration, epoch, WORKSPACES);
    }

    private static INDArray masked(double drop, INDArray input) {
        INDArray result = Nd4j.createUninitialized(input.dataType(), input.shape(), input.ordering());
        return new InvertedDropout(drop, 1, 0).applyDropout(input, result, 0, 0, WORKSPACES);
    }

    private static long countOf(INDArray array, float value) {
        long count = 0;
        for (float each : array.dup('c').data().asFloat()) {
            count += each == value ? 1 : 0;
        }
        return count;
    }
}
