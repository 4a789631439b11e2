package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.worker.trace.Timeline;
import dev.dropwise.worker.transport.FrameSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

@Timeout(60)
class ModelFileTest {
    @TempDir
    private Path out;

    @ParameterizedTest
    @ValueSource(strings = {"mlp:32", "mlp:32+bn", "lenet"})
    void shouldPredictLikeTheRunsOwnNetworkWhenStockDeeplearning4jRestoresIt(String model) throws IOException {
        // given
        TrainConfig config = Recipe.small().model(model).examples(128, 64).config();
        INDArray images =
                new StockTraining(config).features(IntStream.range(3000, 3050).toArray());

        // when
        List<float[]> own = RankThreads.all(2, collectives -> {
            LocalModel local = LocalModel.load(config, new MaskContext(config.seed()), new Configuration());
            TrainingOrder order = new TrainingOrder(
                    "run",
                    1,
                    config,
                    InProcessRun.KERNEL_CLASS,
                    out.toUri().toString(),
                    false,
                    FrameSecret.NONE,
                    false);
            RankContext context = new RankContext(
                    collectives, "host", InProcessRun.KERNEL_CLASS, new Configuration(), event -> {}, Timeline.off());
            new TrainingRun(order, context).run(local);
            return predictions(local.replica().network(), images);
        });

        // then
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(
                out.resolve("model.zip").toFile());
        float[] found = predictions(restored, images);
        assertThat(own.get(1)).containsExactly(own.get(0));
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(own.get(0)[i], within(1e-6f));
        }
        assertThat(found).hasSize(500);
    }

    private static float[] predictions(MultiLayerNetwork network, INDArray images) {
        INDArray output = network.output(images.castTo(DataType.FLOAT), false).dup('c');
        return output.reshape(output.length()).toFloatVector();
    }
}
