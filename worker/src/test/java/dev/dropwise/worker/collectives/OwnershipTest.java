package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dropwise.worker.collectives.Ownership.Range;
import dev.dropwise.worker.transport.FrameHeader;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private static final long SEED = 11;

    @Test
    void shouldCutAtCacheLinesWhenLengthsAreOdd() {
        assertThat(Ownership.whole(101, 3).ranges())
                .containsExactly(new Range(0, 0, 32), new Range(1, 32, 64), new Range(2, 64, 101));
    }

    @Test
    void shouldLeaveRanksWithoutAnythingWhenThereAreFewerFloatsThanRanks() {
        assertThat(Ownership.whole(3, 4).ranges()).containsExactly(new Range(3, 0, 3));
    }

    @Test
    void shouldNotOverflowWhenTheVectorIsAsLongAsABufferCanBe() {
        Ownership ownership = Ownership.whole(Integer.MAX_VALUE / 4, 3);

        assertThat(ownership.vectorOffset(2, 0)).isEqualTo(1431655744);
        assertThat(ownership.chunkBytes(2)).isEqualTo(2147483644 - 1431655744);
    }

    @Test
    void shouldDealOutTheLastSegmentFirstWhenThereAreSeveral() {
        Ownership ownership = Ownership.cutAt(new int[] {0, 64, 70, 128}, 32, 200, 2);

        // Cut at 64 and 128: 70 would leave a segment that is too short.
        assertThat(ownership.ranges())
                .containsExactly(
                        new Range(0, 128, 160),
                        new Range(1, 160, 200),
                        new Range(0, 64, 96),
                        new Range(1, 96, 128),
                        new Range(0, 0, 32),
                        new Range(1, 32, 64));
        assertThat(ownership.bytesBehind(1, 200)).isZero();
        assertThat(ownership.bytesBehind(1, 129)).isZero();
        assertThat(ownership.bytesBehind(1, 128)).isEqualTo(40 * 4);
        assertThat(ownership.bytesBehind(1, 1)).isEqualTo(72 * 4);
        assertThat(ownership.bytesBehind(1, 0)).isEqualTo(104 * 4);
        assertThat(ownership.lastPart(1)).isEqualTo(72 * 4);
        assertThat(ownership.vectorOffset(1, 40 * 4 + 8)).isEqualTo(96 * 4 + 8);
        assertThat(ownership.runBytes(1, 40 * 4 + 8)).isEqualTo(32 * 4 - 8);
        assertThat(ownership.runBytes(1, 104 * 4)).isZero();
    }

    @Test
    void shouldGiveEveryFloatOneOwnerAndOnePlaceWhenCutAnywhere() {
        Random random = new Random(SEED);
        for (int trial = 0; trial < 200; trial++) {
            int floats = random.nextInt(1000);
            int ranks = 1 + random.nextInt(5);
            int[] cuts = random.ints(random.nextInt(6), 0, floats + 1).sorted().toArray();
            Ownership ownership = Ownership.cutAt(cuts, 1 + random.nextInt(40), floats, ranks);
            int[] seen = new int[floats];

            for (int rank = 0; rank < ranks; rank++) {
                for (int at = 0; at < ownership.chunkBytes(rank); at += Float.BYTES) {
                    seen[ownership.vectorOffset(rank, at) / Float.BYTES] += rank + 1;
                }
            }

            int[] expected = new int[floats];
            for (Range range : ownership.ranges()) {
                Arrays.fill(expected, range.from(), range.end(), range.owner() + 1);
            }
            assertThat(seen)
                    .as("seed %d trial %d", SEED, trial)
                    .isEqualTo(expected)
                    .doesNotContain(0);
        }
    }

    @Test
    void shouldTakeForTheNextPieceOnlyWhatHasBytesAndFollows() {
        Ownership ownership = Ownership.whole(64, 2);
        FrameHeader header = new FrameHeader();

        assertThat(ownership.isNext(header.piece(1, 0, 128), 1, 0)).isTrue();
        assertThat(ownership.isNext(header.piece(1, 0, 132), 1, 0)).isFalse();
        assertThat(ownership.isNext(header.piece(1, 0, 126), 1, 0)).isFalse();
        assertThat(ownership.isNext(header.piece(1, 64, 64), 1, 0)).isFalse();
        assertThat(ownership.isNext(header.piece(0, 0, 128), 1, 0)).isFalse();
        // At the end of a chunk it would count as taken a second time.
        assertThat(ownership.isNext(header.piece(1, 128, 0), 1, 128)).isFalse();
    }

    @Test
    void shouldRefuseCutsWhenTheyDescendOrLieOutside() {
        for (int[] cuts : List.of(new int[] {5, 4}, new int[] {-1}, new int[] {101})) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Ownership.cutAt(cuts, 100, 2))
                    .withMessageContaining("expected ascending cuts within 0 to 100, found " + cuts[cuts.length - 1]);
        }
    }
}
