package dev.dropwise.worker.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.worker.spark.RoundPost.RoundId;
import org.junit.jupiter.api.Test;

class RoundBoardTest {
    private final RoundBoard board = new RoundBoard();

    @Test
    void shouldAnswerWithWhatIsThereAndForgetTheRoundWhenAllHaveSeenAll() {
        assertThat(board.post(post(0, 1, 11))).isDeepEqualTo(new byte[][] {null, {11}});
        assertThat(board.post(post(0, 1, 11))).isDeepEqualTo(new byte[][] {null, {11}});
        assertThat(board.post(post(0, 0, 10))).isDeepEqualTo(new byte[][] {{10}, {11}});
        assertThat(board.open()).isOne();

        assertThat(board.post(post(0, 1, 11))).isDeepEqualTo(new byte[][] {{10}, {11}});

        assertThat(board.open()).isZero();
    }

    @Test
    void shouldKeepAttemptsApartWhenTheFirstEndedInTheMiddle() {
        board.post(post(0, 1, 11));

        assertThat(board.post(post(1, 0, 20))).isDeepEqualTo(new byte[][] {{20}, null});
    }

    @Test
    void shouldRefuseWhenARankContradictsItself() {
        board.post(post(0, 1, 11));

        assertThatThrownBy(() -> board.post(post(0, 1, 12)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rank 1 has posted another record before");
    }

    @Test
    void shouldRefuseWhenRanksDisagreeOnHowManyTheyAre() {
        board.post(post(0, 1, 11));

        assertThatThrownBy(() -> board.post(new RoundPost(new RoundId(7, 0, 0), 2, 3, new byte[0])))
                .hasMessageContaining("expected ranks below 2, found rank 2 of 3");
    }

    @Test
    void shouldNotGrowWhenAttemptAfterAttemptEndsInTheMiddle() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            board.post(post(attempt, 0, attempt));
        }

        assertThat(board.open()).isLessThan(100);
    }

    private static RoundPost post(int attempt, int rank, int content) {
        return new RoundPost(new RoundId(7, attempt, 0), rank, 2, new byte[] {(byte) content});
    }
}
