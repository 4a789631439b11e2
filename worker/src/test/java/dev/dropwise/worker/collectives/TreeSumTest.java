package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeSumTest {
    @ParameterizedTest(name = "{0} ranks, {1} floats")
    @CsvSource({"2,1", "2,2048", "2,2049", "3,5000", "4,7", "5,4097", "8,2047", "11,33", "16,100"})
    void shouldEqualTheNaiveTreeBitForBitWhenSummed(int worldSize, int floats) {
        // given
        TreeSum tree = new TreeSum(worldSize);
        for (int rank = 0; rank < worldSize; rank++) {
            tree.source(rank, Vectors.direct(Vectors.values(42, rank, floats)), 0);
        }
        UnsafeBuffer target = Vectors.direct(new float[floats + 1]);

        // when
        tree.sumInto(target, Float.BYTES, floats);

        // then
        float[] expected = new float[floats + 1];
        System.arraycopy(Vectors.treeSum(42, worldSize, floats), 0, expected, 1, floats);
        assertThat(Vectors.floats(target)).isEqualTo(expected);
    }

    @Test
    void shouldSplitAtTheLargestPowerOfTwoWhenRanksAreFive() {
        // given: beside 2^25 threes are rounded, so that each order of additions gives another sum
        float[] values = {3, 0x1p25f, -0x1p25f, 3, 1};
        TreeSum tree = new TreeSum(5);
        for (int rank = 0; rank < 5; rank++) {
            tree.source(rank, Vectors.direct(new float[] {values[rank]}), 0);
        }
        UnsafeBuffer target = Vectors.direct(new float[1]);

        // when
        tree.sumInto(target, 0, 1);

        // then: ((3 + 2^25) + (-2^25 + 3)) + 1 = ((2^25 + 4) - (2^25 - 4)) + 1; from left to right it would be 8
        assertThat(target.getFloat(0)).isEqualTo(9);
    }

    @Test
    void shouldSumInPlaceWhenTheTargetIsASource() {
        UnsafeBuffer mine = Vectors.direct(new float[] {1, 2, 3});
        TreeSum tree = new TreeSum(2);
        tree.source(0, mine, 0);
        tree.source(1, Vectors.direct(new float[] {10, 20, 30}), 0);

        tree.sumInto(mine, 0, 3);

        assertThat(Vectors.floats(mine)).containsExactly(11, 22, 33);
    }
}
