package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.checkpoint.Position;
import dev.dropwise.common.config.ExchangeMode;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.MiniBatches;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.worker.collectives.Collectives;
import dev.dropwise.worker.trace.Recording;
import dev.dropwise.worker.trace.Timeline;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EpochPassTest {
    private static final Recipe UNEVEN = Recipe.small().examples(103, 0).batchSize(8);

    @TempDir
    private Path out;

    /** One mini-batch's way through the network. */
    private record Pass(int rank, int shard, int epoch, long step) {}

    @Test
    void shouldPassEveryMiniBatchOnceOnItsOwnRankWhenShardsAreUneven() {
        List<Pass> passes = new CopyOnWriteArrayList<>();

        InProcessRun.of(UNEVEN, out)
                .withIntervention((rank, replica, shard, epoch, step) -> passes.add(new Pass(rank, shard, epoch, step)))
                .train(2);

        assertThat(passes).doesNotHaveDuplicates().hasSize(2 * 4 * 4);
        assertThat(passes).allSatisfy(pass -> assertThat(pass.rank()).isEqualTo(pass.shard() / 2));
    }

    @Test
    void shouldCountEveryExampleOnceAnEpochWhenShardsAreUneven() {
        // given
        TrainConfig config = UNEVEN.config();
        LocalModel local = LocalModel.load(config, new MaskContext(1), new Configuration());
        ImageSource source = local.source();
        ShardPlan plan = plan(config, source);

        // when
        StepSizes sizes = new StepSizes(plan, 8, config.seed());
        List<ShardExamples> shards =
                new ShardReader(source, Normalisation.of(source.shape()), plan).read(plan.shardsOf(0, 1), config);

        // then
        assertThat(sizes.steps()).isEqualTo(4);
        assertThat(IntStream.range(0, 4).map(sizes::global).sum()).isEqualTo(103);
        for (int step = 0; step < 4; step++) {
            int global = 0;
            for (ShardExamples shard : shards) {
                global += shard.batches().count(step);
            }
            assertThat(sizes.global(step)).isEqualTo(global);
        }
        for (ShardExamples shard : shards) {
            MiniBatches batches = shard.batches();
            int[] seen = IntStream.range(0, batches.steps())
                    .flatMap(step -> Arrays.stream(
                            batches.order(5), batches.start(step), batches.start(step) + batches.count(step)))
                    .sorted()
                    .toArray();
            assertThat(seen)
                    .containsExactly(
                            IntStream.range(0, shard.training().count()).toArray());
        }
    }

    @ParameterizedTest
    // Gradients are of 1,590,040 bytes, 1,596,040 and 900,136. What is allocated is ND4J's own array headers, most of
    // it
    // by the stock batch norm: 36 KB, 420 KB and 108 KB where this was written.
    @CsvSource({"mlp:500, 128, 60000", "mlp:500+bn, 128, 600000", "lenet, 16, 200000"})
    void shouldAllocateFarLessThanAGradientWhenAStepIsDone(String model, int batchSize, long limitBytes) {
        List<Long> bytes =
                RankThreads.all(1, collectives -> allocatedPerStep(collectives, model, batchSize, Timeline.off()));
        List<Long> noted =
                RankThreads.all(1, collectives -> allocatedPerStep(collectives, model, batchSize, Recording.ofRank(1)));

        assertThat(bytes.get(0)).as("bytes on the heap in a median step").isLessThan(limitBytes);
        assertThat(noted.get(0)).as("with a timeline").isLessThan(limitBytes);
    }

    private static long allocatedPerStep(Collectives collectives, String model, int batchSize, Timeline timeline) {
        TrainConfig config = Recipe.small()
                .model(model)
                .shards(1)
                .examples(batchSize * 40, 0)
                .batchSize(batchSize)
                .config();
        LocalModel local = LocalModel.load(config, new MaskContext(config.seed()), new Configuration());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] allocated = new long[40];
        StepListener listener =
                (epoch, step, globalStep, lossSum) -> allocated[step] = threads.getCurrentThreadAllocatedBytes();
        RankWorkspace world = world(config, local, collectives, timeline);
        collectives.noteIn(timeline);
        Agreement agreement = new Agreement(collectives, local.replica(), true, timeline);
        EpochPass pass = new EpochPass(world, ExchangeMode.GRADIENTS, agreement, listener);
        pass.run(Position.START);
        pass.run(new Position(1, 40, 0, 0, 0));
        long[] perStep = IntStream.range(1, 40)
                .mapToLong(step -> allocated[step] - allocated[step - 1])
                .sorted()
                .toArray();
        return perStep[perStep.length / 2];
    }

    private static RankWorkspace world(
            TrainConfig config, LocalModel local, Collectives collectives, Timeline timeline) {
        ImageSource source = local.source();
        ShardPlan plan = plan(config, source);
        return new RankWorkspace(
                new ShardReader(source, Normalisation.of(source.shape()), plan).read(plan.shardsOf(0, 1), config),
                new StepSizes(plan, config.schedule().batchSize(), config.seed()),
                new MiniBatchBuffers(source.shape(), local.model().flatInput(), source.classes()),
                new ImageAugmenter(
                        config.augmentation(), source.shape(), Normalisation.of(source.shape()), config.seed()),
                local.replica(),
                local.masks(),
                collectives,
                timeline);
    }

    private static ShardPlan plan(TrainConfig config, ImageSource source) {
        return ShardPlan.of(
                config.data(),
                source.size(Split.TRAIN),
                source.size(Split.TEST),
                config.schedule().shards(),
                config.seed());
    }
}
