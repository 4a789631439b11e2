package dev.dropwise.worker.training;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.MiniBatches;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.data.ShardBlock;
import dev.dropwise.common.data.ShardPlan;
import dev.dropwise.common.data.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Reads a rank's shards into memory: one pass over its part of the training files and one over its part of the test files. */
final class ShardReader {
    private final ImageSource source;
    private final Normalisation normalisation;
    private final ShardPlan plan;

    ShardReader(ImageSource source, Normalisation normalisation, ShardPlan plan) {
        this.source = source;
        this.normalisation = normalisation;
        this.plan = plan;
    }

    List<ShardExamples> read(ShardBlock owned, TrainConfig config) {
        Portion training = read(Split.TRAIN, owned, shard -> union(plan.training(shard), plan.validation(shard)));
        Portion test = read(Split.TEST, owned, plan::test);
        List<ShardExamples> shards = new ArrayList<>();
        for (int shard = owned.first(); shard < owned.end(); shard++) {
            shards.add(new ShardExamples(
                    shard,
                    block(training, plan.training(shard)),
                    block(training, plan.validation(shard)),
                    block(test, plan.test(shard)),
                    MiniBatches.of(plan, shard, config.schedule().batchSize(), config.seed())));
        }
        return List.copyOf(shards);
    }

    private Portion read(Split split, ShardBlock owned, IntFunction<int[]> indicesOf) {
        int[] indices = IntStream.range(owned.first(), owned.end())
                .mapToObj(indicesOf)
                .flatMapToInt(Arrays::stream)
                .sorted()
                .toArray();
        return new Portion(indices, source.read(split, indices));
    }

    private ExampleBlock block(Portion portion, int[] indices) {
        return new ExampleBlock(portion.select(indices), normalisation);
    }

    private static int[] union(int[] a, int[] b) {
        return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
    }

    /** Examples and the sorted indices that they have in their split. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on once, never compared.
    private record Portion(int[] indices, Examples examples) {
        Examples select(int[] wanted) {
            int length = examples.shape().length();
            byte[] pixels = new byte[wanted.length * length];
            byte[] labels = new byte[wanted.length];
            for (int i = 0; i < wanted.length; i++) {
                int at = Arrays.binarySearch(indices, wanted[i]);
                System.arraycopy(examples.pixels(), at * length, pixels, i * length, length);
                labels[i] = examples.labels()[at];
            }
            return new Examples(examples.shape(), pixels, labels);
        }
    }
}
