package dev.dropwise.worker.collectives;

import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.assertUpdated;
import static dev.dropwise.worker.collectives.ReduceUpdateGatherTest.network;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.transport.DroppedFrames;
import dev.dropwise.worker.transport.Faults;
import dev.dropwise.worker.transport.FrameHeader;
import dev.dropwise.worker.transport.FrameKind;
import dev.dropwise.worker.transport.FrameLane;
import dev.dropwise.worker.transport.Lane;
import dev.dropwise.worker.transport.LoopbackNetwork;
import dev.dropwise.worker.transport.Sealing;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks that lie in memory which ranks share. Oracle: as {@link ReduceUpdateGatherTest}. */
@Timeout(60)
class ChunkGatherTest {
    private static final int ENOUGH = 1 << 16;

    @ParameterizedTest(name = "{0} ranks")
    @ValueSource(ints = {2, 3, 4, 5, 8})
    void shouldGiveTheSameBitsWhenAllRanksShareMemory(int worldSize) {
        LoopbackNetwork network = network(worldSize, Faults.none()).sharing(ENOUGH, ChunkGatherTest::oneHost);

        assertUpdated(worldSize, update(worldSize, network));

        assertThat(network.framesSent(FrameKind.SHARED)).isPositive();
        assertThat(network.framesSent(FrameKind.ALL_GATHER)).isZero();
    }

    @ParameterizedTest(name = "{0} ranks, {1} a host")
    @CsvSource({"4,2", "5,2", "8,4"})
    void shouldGiveTheSameBitsWhenSomeRanksShareMemory(int worldSize, int ofAHost) {
        LoopbackNetwork network = network(worldSize, Faults.none()).sharing(ENOUGH, rank -> rank / ofAHost);

        assertUpdated(worldSize, update(worldSize, network));

        assertThat(network.framesSent(FrameKind.SHARED)).isPositive();
        assertThat(network.framesSent(FrameKind.ALL_GATHER)).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void shouldGiveTheSameBitsWhenFramesThatTellAreLateOrComeTwice(long seed) {
        for (Faults faults : List.of(Faults.delaying(seed, 0.2), Faults.duplicating(seed, 0.2))) {
            LoopbackNetwork network = network(4, faults).sharing(ENOUGH, ChunkGatherTest::oneHost);

            assertUpdated(4, update(4, network));

            assertThat(network.faultsInjected()).isGreaterThan(10);
            assertThat(network.framesSent(FrameKind.ALL_GATHER)).isZero();
        }
    }

    @Test
    void shouldSendWhatDoesNotFitWhenChunksAreLongerThanTheMemory() {
        // 4,099 floats and 4 ranks: chunks of a little more than 4 KB
        LoopbackNetwork network = network(4, Faults.none()).sharing(4000, ChunkGatherTest::oneHost);

        assertUpdated(4, update(4, network));

        assertThat(network.framesSent(FrameKind.SHARED)).isPositive();
        assertThat(network.framesSent(FrameKind.ALL_GATHER)).isPositive();
    }

    @Test
    void shouldReadEveryStepsValuesWhenRanksGoAtTheirOwnPaceForLong() {
        LoopbackNetwork network = network(3, Faults.none()).sharing(ENOUGH, ChunkGatherTest::oneHost);

        List<Outcome<Integer>> outcomes = Ranks.loopback(3, network, Deadlines.standard(), (rank, collectives) -> {
            int length = 3000;
            UnsafeBuffer vector = Vectors.direct(new float[length]);
            for (int step = 0; step < 2000; step++) {
                for (int i = 0; i < length; i++) {
                    vector.putFloat(i * Float.BYTES, step + rank + i);
                }
                collectives.allReduce(vector, length, step);
                for (int i = 0; i < length; i++) {
                    // 0 + 1 + 2, all of them exact
                    assertThat(vector.getFloat(i * Float.BYTES)).isEqualTo(3 * (step + i) + 3);
                }
            }
            return rank;
        });

        outcomes.forEach(Outcome::orThrow);
        assertThat(network.framesSent(FrameKind.ALL_GATHER)).isZero();
    }

    @Test
    void shouldCountWhatIsSharedAsSent() {
        LoopbackNetwork network = network(2, Faults.none()).sharing(ENOUGH, ChunkGatherTest::oneHost);

        List<Outcome<Long>> outcomes = Ranks.loopback(2, network, Deadlines.standard(), (rank, collectives) -> {
            collectives.allReduce(Vectors.direct(new float[1024]), 1024, 1);
            return collectives.totals().bytes();
        });

        // Half of 4096 bytes out to be summed, half told of.
        assertThat(outcomes).allSatisfy(each -> assertThat(each.orThrow()).isEqualTo(4096));
        assertThat(network.framesSent(FrameKind.ALL_GATHER)).isZero();
    }

    @Test
    void shouldNameTheKilledRankWhenItDiesBeforeItTells() {
        LoopbackNetwork network = network(4, Faults.striking(Faults.Effect.KILL, 2, FrameKind.SHARED))
                .sharing(ENOUGH, ChunkGatherTest::oneHost);

        List<Outcome<List<float[]>>> outcomes = update(4, network);

        assertThat(network.faultsInjected()).isEqualTo(1);
        for (int rank : new int[] {0, 1, 3}) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOf(PeerLostException.class)
                    .hasMessageContaining("rank 2 (host2 pid 102)");
        }
    }

    @ParameterizedTest(name = "chunk {0} up to {1} with {2} bytes, {3} bytes shared")
    @CsvSource({"1,132,0,64", "1,0,0,64", "1,6,0,64", "0,64,0,64", "1,64,4,64", "1,64,0,60", "1,64,0,0"})
    void shouldRefuseTheFrameWhenItTellsOfWhatIsNotThere(int chunk, int end, int payloadBytes, int sharedBytes) {
        // given: 32 floats between two ranks, of which rank 1 tells something else than what it has
        LoopbackNetwork network =
                network(2, Faults.none()).sharing(Math.max(1, sharedBytes), rank -> sharedBytes > 0 ? 0 : rank);
        FrameLane lane = new FrameLane(
                network.transport(1),
                Lane.DATA,
                Sealing.unkeyed(Ranks.TAG),
                (header, buffer, offset) -> true,
                new DroppedFrames());
        UnsafeBuffer zeros = Vectors.direct(new float[16]);
        FrameHeader header = lane.header().round(FrameKind.REDUCE_SCATTER, 1, 1);
        header.piece(0, 0, 64);
        assertThat(lane.send(0, zeros, 0)).isTrue();
        lane.header().round(FrameKind.SHARED, 1, 1).piece(chunk, end, payloadBytes);
        assertThat(lane.send(0, zeros, 0)).isTrue();

        // when
        List<Outcome<Integer>> outcomes = Ranks.loopback(2, network, Deadlines.standard(), (rank, collectives) -> {
            if (rank == 0) {
                collectives.allReduce(Vectors.direct(new float[32]), 32, 1);
            }
            return rank;
        });

        // then
        assertThat(outcomes.get(0).failure())
                .isInstanceOf(RanksDisagreeException.class)
                .hasMessageStartingWith("all-reduce step=1 phase=")
                .hasMessageContaining("expected SHARED of chunk 1 beyond 0 of 64 bytes, of which this rank sees "
                        + sharedBytes + " in shared memory, found chunk " + chunk + " up to " + end + " with "
                        + payloadBytes + " bytes from rank 1");
    }

    private static int oneHost(int rank) {
        return 0;
    }

    private static List<Outcome<List<float[]>>> update(int worldSize, LoopbackNetwork network) {
        return Ranks.loopback(worldSize, network, Deadlines.standard(), ReduceUpdateGatherTest::updateAllLengths);
    }
}
