package dev.dropwise.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class SummationTreeTest {
    private static final int LENGTH = 999;
    private static final long SEED = 3;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 13, 16})
    void shouldAddInTheFixedTreeWhenShardsAreSummed(int shards) {
        INDArray gradient = Nd4j.zeros(DataType.FLOAT, LENGTH);
        List<Integer> computed = new ArrayList<>();

        new SummationTree(gradient).sum(shards, shard -> {
            computed.add(shard);
            gradient.assign(Nd4j.createFromArray(values(shard)));
        });

        assertThat(gradient.toFloatVector()).containsExactly(expected(0, shards));
        assertThat(computed).as("each shard once, in order").hasSize(shards).isSorted();
    }

    @ParameterizedTest
    // Powers of two: every rank's block is a whole subtree.
    @CsvSource({"2, 1", "2, 2", "4, 2", "4, 4", "8, 2", "8, 4", "16, 4"})
    void shouldGoOnInTheExchangeWhenARanksShardsAreASubtree(int shards, int workers) {
        int own = shards / workers;

        List<float[]> sums = RankThreads.all(workers, collectives -> {
            INDArray gradient = Nd4j.zeros(DataType.FLOAT, LENGTH);
            int first = collectives.roster().rank() * own;
            new SummationTree(gradient).sum(own, local -> gradient.assign(Nd4j.createFromArray(values(first + local))));
            UnsafeBuffer memory = Replica.memory(gradient);
            collectives.allReduce(memory, LENGTH, 0);
            return gradient.toFloatVector();
        });

        assertThat(sums).hasSize(workers).allSatisfy(sum -> assertThat(sum).containsExactly(expected(0, shards)));
    }

    /** The tree by its definition: n are split at the largest power of two below n. */
    private static float[] expected(int from, int to) {
        if (to - from == 1) {
            return values(from);
        }
        int left = 1;
        while (left * 2 < to - from) {
            left *= 2;
        }
        float[] a = expected(from, from + left);
        float[] b = expected(from + left, to);
        float[] sum = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    /** Of very different magnitudes, so that the order of additions shows. */
    private static float[] values(int shard) {
        Random random = new Random(SEED * 1000 + shard);
        float[] values = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            values[i] = (random.nextFloat() - 0.5f) * (float) Math.pow(10, random.nextInt(9) - 4);
        }
        return values;
    }
}
