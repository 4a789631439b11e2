package dev.dropwise.common.dropout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

class MaskContextTest {
    private static final long SEED = 2024;

    @Test
    void shouldNotShareMasksWhenTwoWorkersInitAndSetTheSameParameters() {
        MultiLayerNetwork first = TestNetwork.create();
        MultiLayerNetwork second = TestNetwork.create();
        second.setParams(first.params().dup());

        INDArray ours = gradientAt(first, 0, 0, 0);
        INDArray theirs = gradientAt(second, 1, 0, 0);

        assertThat(theirs).isNotEqualTo(ours);
        // Nothing but the shard told them apart.
        assertThat(gradientAt(second, 0, 0, 0)).isEqualTo(ours);
    }

    @Test
    void shouldReplayItsMasksBitForBitWhenAPositionIsVisitedAgain() {
        MultiLayerNetwork network = TestNetwork.create();
        Map<List<Integer>, INDArray> first = new HashMap<>();
        for (List<Integer> position : positions()) {
            first.put(position, gradientAt(network, position.get(0), position.get(1), position.get(2)));
        }

        MultiLayerNetwork retried = TestNetwork.create();
        List<List<Integer>> reversed = new ArrayList<>(positions());
        Collections.reverse(reversed);
        for (List<Integer> position : reversed) {
            assertThat(gradientAt(retried, position.get(0), position.get(1), position.get(2)))
                    .isEqualTo(first.get(position));
        }
    }

    @Test
    void shouldGiveEachPositionMasksOfItsOwnWhenShardEpochOrStepMoves() {
        MultiLayerNetwork network = TestNetwork.create();
        List<INDArray> gradients = positions().stream()
                .map(position -> gradientAt(network, position.get(0), position.get(1), position.get(2)))
                .toList();

        assertThat(gradients.stream().distinct()).hasSize(8);
    }

    @Test
    void shouldNotDependOnTheOtherRunsSeedWhenRunSeedsDiffer() {
        MultiLayerNetwork network = TestNetwork.create();
        MaskContext other = new MaskContext(SEED + 1);
        INDArray ours = gradientAt(network, 0, 0, 0);

        other.bind(network);
        other.moveTo(0, 0, 0);

        assertThat(TestNetwork.pass(network)).isNotEqualTo(ours);
    }

    @Test
    void shouldLeaveEvaluationAloneWhenBound() {
        MultiLayerNetwork network = TestNetwork.create();
        INDArray before = network.output(TestNetwork.inputs(8), false).dup();

        MaskContext context = new MaskContext(SEED);
        context.bind(network);
        context.moveTo(0, 0, 0);

        assertThat(network.output(TestNetwork.inputs(8), false)).isEqualTo(before);
        assertThat(context.records()).isEmpty();
    }

    @Test
    void shouldNumberSitesByLayerWhenBinding() {
        MultiLayerNetwork network = TestNetwork.create();

        assertThat(new MaskContext(SEED).bind(network)).isEqualTo(2);

        assertThat(siteOf(network, 0)).isEqualTo(0);
        assertThat(siteOf(network, 1)).isEqualTo(1);
    }

    @Test
    void shouldFindTheDropoutInsideWhenALayerIsWrapped() {
        List<UnaryOperator<Layer>> wrappers = List.of(FrozenLayer::new, FrozenLayerWithBackprop::new);
        for (UnaryOperator<Layer> wrapper : wrappers) {
            InvertedDropout inner = new InvertedDropout(0.5);
            Layer dense = new DenseLayer.Builder().nIn(4).nOut(3).dropOut(inner).build();
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .list()
                    .layer(wrapper.apply(dense))
                    .layer(new OutputLayer.Builder()
                            .nIn(3)
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .build())
                    .build());
            network.init();

            assertThat(new MaskContext(SEED).bind(network)).isEqualTo(1);

            // The wrapper itself is site 0; what it wraps comes after all layers.
            assertThat(inner.site().map(NoiseSite::number)).contains(2);
        }
    }

    @Test
    void shouldSeparateThemWhenOneInstanceWasGivenToTwoLayers() {
        InvertedDropout shared = new InvertedDropout(0.5);
        MultiLayerConfiguration configuration = TestNetwork.configuration();
        configuration.getConf(0).getLayer().setIDropout(shared);
        configuration.getConf(1).getLayer().setIDropout(shared);
        MultiLayerNetwork network = TestNetwork.of(configuration);

        new MaskContext(SEED).bind(network);

        assertThat(siteOf(network, 0)).isEqualTo(0);
        assertThat(siteOf(network, 1)).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenTwoNetworksShareOneConfiguration() {
        MultiLayerConfiguration configuration = TestNetwork.configuration();
        new MaskContext(SEED).bind(TestNetwork.of(configuration));
        MultiLayerNetwork second = TestNetwork.of(configuration);

        assertThatThrownBy(() -> new MaskContext(SEED).bind(second))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("layer 0")
                .hasMessageContaining("configuration.clone()");
        assertThat(new MaskContext(SEED).bind(TestNetwork.of(configuration.clone())))
                .isEqualTo(2);
    }

    @Test
    void shouldNameTheSiteWhenDrawingBeforeThePositionIsKnown() {
        MultiLayerNetwork network = TestNetwork.create();
        new MaskContext(SEED).bind(network);

        assertThatThrownBy(() -> TestNetwork.pass(network))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("site 0")
                .hasMessageContaining("moveTo");
    }

    @Test
    void shouldTrainTheSameTwiceWhenUnboundInStockFit() {
        MultiLayerNetwork first = TestNetwork.create();
        MultiLayerNetwork second = TestNetwork.create();
        for (int i = 0; i < 3; i++) {
            first.fit(TestNetwork.inputs(32), TestNetwork.labels(32));
            second.fit(TestNetwork.inputs(32), TestNetwork.labels(32));
        }

        assertThat(second.params()).isEqualTo(first.params());
    }

    private static List<List<Integer>> positions() {
        List<List<Integer>> positions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            positions.add(List.of(i >> 2, i >> 1 & 1, i & 1));
        }
        return positions;
    }

    private static INDArray gradientAt(MultiLayerNetwork network, int shard, int epoch, int step) {
        MaskContext context = new MaskContext(SEED);
        context.bind(network);
        context.moveTo(shard, epoch, step);
        return TestNetwork.pass(network);
    }

    private static int siteOf(MultiLayerNetwork network, int layer) {
        KeyedNoise noise = (KeyedNoise)
                network.getLayerWiseConfigurations().getConf(layer).getLayer().getIDropout();
        return noise.site().map(NoiseSite::number).orElseThrow();
    }
}
