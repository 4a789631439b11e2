package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.collectives.Ranks.Outcome;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.transport.DroppedFrames.Reason;
import dev.dropwise.worker.transport.FrameSecret;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class AeronCollectivesTest {
    private static final long SEED = 11;
    private static final int FLOATS = 100_003;
    private static final FrameSecret SECRET = new FrameSecret(new byte[32]);

    @ParameterizedTest(name = "{0} ranks, shared memory {1}, sealed {2}")
    @CsvSource({
        "2,true,false",
        "3,true,false",
        "4,true,false",
        "2,false,false",
        "3,false,false",
        "4,false,false",
        "2,true,true",
        "3,false,true"
    })
    void shouldAgreeWithTheOracleWhenRanksDoEverythingTogether(int worldSize, boolean sharedMemory, boolean sealed) {
        // given: one sum for all, whether its parts travel in clear or not
        ExchangeConfig config = config(sharedMemory).withSecret(sealed ? SECRET : FrameSecret.NONE);

        // when
        List<Outcome<String>> outcomes = Ranks.aeron(worldSize, config, (rank, collectives) -> {
            for (int step = 0; step < 3; step++) {
                UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED + step, rank, FLOATS));
                collectives.allReduce(vector, FLOATS, step);
                assertThat(Vectors.floats(vector)).isEqualTo(Vectors.treeSum(SEED + step, worldSize, FLOATS));
            }
            UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED, rank, FLOATS));
            collectives.broadcast(vector, FLOATS * Float.BYTES, 1, 3);
            assertThat(Vectors.floats(vector)).isEqualTo(Vectors.values(SEED, 1, FLOATS));
            byte[] record = ("rank" + rank).repeat(50_000).getBytes(StandardCharsets.UTF_8);
            List<byte[]> records = collectives.allGather(record, 4);
            collectives.barrier(5);
            assertThat(collectives.sharesChunksWith((rank + 1) % worldSize)).isEqualTo(sharedMemory && !sealed);
            return collectives.transportName() + " "
                    + records.stream()
                            .map(each -> new String(each, 0, 5, StandardCharsets.UTF_8) + each.length)
                            .collect(Collectors.joining(" "));
        });

        // then
        String expected = Stream.iterate(0, i -> i + 1)
                .limit(worldSize)
                .map(i -> "rank" + i + "250000")
                .collect(Collectors.joining(
                        " ", (sharedMemory ? "aeron:ipc " : "aeron:udp ") + (sealed ? "sealed " : ""), ""));
        assertThat(outcomes).allSatisfy(each -> assertThat(each.orThrow()).isEqualTo(expected));
    }

    @Test
    void shouldUseBothWaysWhenOnlySomeRanksShareMemory() {
        // given: ranks 0 and 2 are alone on their machines, as it were; 1 and 3 share memory, and 1 hosts their driver
        List<Outcome<String>> outcomes = Ranks.aeron(4, rank -> config(rank % 2 == 1), (rank, collectives) -> {
            for (int step = 0; step < 3; step++) {
                UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED, rank, FLOATS));
                collectives.allReduce(vector, FLOATS, step);
                assertThat(Vectors.floats(vector)).isEqualTo(Vectors.treeSum(SEED, 4, FLOATS));
            }
            collectives.barrier(3);
            assertThat(collectives.sharesChunksWith((rank + 2) % 4)).isEqualTo(rank % 2 == 1);
            assertThat(collectives.sharesChunksWith((rank + 1) % 4)).isFalse();
            return collectives.transportName() + " by "
                    + collectives.roster().self().driverRank();
        });

        // then
        assertThat(outcomes.stream().map(Outcome::orThrow))
                .containsExactly("aeron:udp by 0", "aeron:ipc+udp by 1", "aeron:udp by 2", "aeron:ipc+udp by 1");
    }

    @Test
    void shouldStartNothingWhenTheWorldIsOneRank() {
        try (ExchangeOpening opening = ExchangeOpening.begin(config(true), 0, 1, "127.0.0.1")) {
            assertThat(opening.hello().driverDirectory() + opening.hello().tokenFile())
                    .isEmpty();
        }

        List<Outcome<String>> outcomes = Ranks.aeron(1, config(true), (rank, collectives) -> {
            UnsafeBuffer vector = Vectors.direct(new float[] {1, 2});
            collectives.allReduce(vector, 2, 1);
            collectives.broadcast(vector, 8, 0, 1);
            collectives.barrier(1);
            assertThat(collectives.allGather(new byte[] {7}, 1)).containsExactly(new byte[] {7});
            assertThat(Vectors.floats(vector)).containsExactly(1, 2);
            return collectives.transportName();
        });

        assertThat(outcomes.get(0).orThrow()).isEqualTo("none");
    }

    @ParameterizedTest(name = "shared memory {0}, sealed {1}: {2}")
    @CsvSource({"true,false,true", "true,true,false", "false,false,false"})
    void shouldLayChunksIntoSharedMemoryOnlyWhenFramesAreNotSealed(
            boolean sharedMemory, boolean sealed, boolean expected) {
        ExchangeConfig config = config(sharedMemory).withSecret(sealed ? SECRET : FrameSecret.NONE);

        String chunk;
        try (ExchangeOpening opening = ExchangeOpening.begin(config, 0, 2, "127.0.0.1")) {
            chunk = opening.hello().chunkFile();
            assertThat(chunk.isEmpty()).isNotEqualTo(expected);
            assertThat(chunk.isEmpty() || Files.exists(Path.of(chunk))).isTrue();
        }

        assertThat(chunk.isEmpty() || Files.notExists(Path.of(chunk))).isTrue();
    }

    @Test
    void shouldAllocateNothingWhenReducingOverAndOver() {
        int floats = 400_000;
        List<Outcome<Long>> outcomes = Ranks.aeron(2, config(true), (rank, collectives) -> {
            UnsafeBuffer vector = Vectors.direct(Vectors.values(SEED, rank, floats));
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int step = 0; step < 2000; step++) {
                collectives.allReduce(vector, floats, step);
            }
            long least = Long.MAX_VALUE;
            // More than once: on a busy machine the compiler is still at work, and what it has not come to allocates.
            for (int trial = 0; trial < 4; trial++) {
                long before =
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId());
                for (int step = 0; step < 500; step++) {
                    collectives.allReduce(vector, floats, step);
                }
                least = Math.min(
                        least,
                        threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
            }
            collectives.barrier(1);
            return least;
        });

        for (Outcome<Long> each : outcomes) {
            // What asking for the figure itself may cost.
            assertThat(each.orThrow()).isLessThan(500);
        }
    }

    @Test
    void shouldKeepARankThatComputesForLongWhenItsJvmIsAlive() {
        Deadlines deadlines = Deadlines.standard();
        List<Outcome<Float>> outcomes = Ranks.aeron(2, config(true), (rank, collectives) -> {
            if (rank == 1) {
                parkUntil(
                        System.nanoTime() + deadlines.liveness().plusSeconds(1).toNanos());
            }
            UnsafeBuffer vector = Vectors.direct(new float[] {rank + 1});
            collectives.allReduce(vector, 1, 1);
            return vector.getFloat(0);
        });

        assertThat(outcomes).allSatisfy(each -> assertThat(each.orThrow()).isEqualTo(3));
    }

    @ParameterizedTest(name = "shared memory {0}")
    @CsvSource({"true", "false"})
    void shouldNameTheHungRankWhenTheStepDeadlinePasses(boolean sharedMemory) {
        CountDownLatch noticed = new CountDownLatch(1);
        ExchangeConfig config = config(sharedMemory, Deadlines.standard().withStep(Duration.ofMillis(700)));

        List<Outcome<Integer>> outcomes = Ranks.aeron(3, config, (rank, collectives) -> {
            collectives.barrier(1);
            if (rank == 2) {
                assertThat(noticed.await(30, TimeUnit.SECONDS)).isTrue();
                return 0;
            }
            try {
                collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 120);
                return 0;
            } finally {
                noticed.countDown();
            }
        });

        assertThat(outcomes)
                .anySatisfy(
                        each -> assertThat(each.failure())
                                .isInstanceOf(PeerLostException.class)
                                .hasMessageMatching(
                                        "all-reduce step=120 phase=REDUCE_SCATTER: rank 2 \\(127.0.0.1 pid \\d+\\) silent for \\d+ ms"));
    }

    @ParameterizedTest(name = "shared memory {0}")
    @CsvSource({"true", "false"})
    void shouldTellAllPeersWhoAndWhyWhenARankAborts(boolean sharedMemory) {
        // Ranks leave a barrier one after the other: rank 0 must not abort while somebody is in it.
        CountDownLatch othersLeft = new CountDownLatch(2);
        List<Outcome<Long>> outcomes = Ranks.aeron(3, config(sharedMemory), (rank, collectives) -> {
            collectives.barrier(1);
            if (rank == 0) {
                assertThat(othersLeft.await(30, TimeUnit.SECONDS)).isTrue();
                collectives.abort("out of luck");
                return 0L;
            }
            othersLeft.countDown();
            collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 2);
            return 0L;
        });

        for (int rank : new int[] {1, 2}) {
            assertThat(outcomes.get(rank).failure())
                    .isInstanceOf(PeerLostException.class)
                    .hasMessageMatching("all-reduce step=2 phase=REDUCE_SCATTER: rank 0 \\(127.0.0.1 pid \\d+\\)"
                            + " gave up: out of luck");
        }
    }

    @Test
    void shouldEndTheWaitAndCloseCleanlyWhenTheThreadIsInterrupted() {
        List<Outcome<Boolean>> outcomes = Ranks.aeron(2, config(true), (rank, collectives) -> {
            collectives.barrier(1);
            if (rank == 0) {
                Thread.currentThread().interrupt();
                try {
                    collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 2);
                    return false;
                } catch (DropwiseException e) {
                    assertThat(e).hasMessageEndingWith("interrupted");
                    collectives.abort(e.toString());
                    return Thread.currentThread().isInterrupted();
                }
            }
            collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 2);
            return false;
        });

        assertThat(outcomes.get(0).orThrow()).isTrue();
        assertThat(outcomes.get(1).failure()).isInstanceOf(PeerLostException.class);
    }

    @ParameterizedTest(name = "rank 1 {0}")
    @CsvSource({"none", "other"})
    void shouldHearNothingWhenAPeerHasAnotherSecret(String which) {
        byte[] other = new byte[32];
        other[0] = 1;
        FrameSecret wrong = which.equals("none") ? FrameSecret.NONE : new FrameSecret(other);
        ExchangeConfig config = config(true, Deadlines.standard().withStep(Duration.ofMillis(700)));

        List<Outcome<Long>> outcomes =
                Ranks.aeron(2, rank -> config.withSecret(rank == 0 ? SECRET : wrong), (rank, collectives) -> {
                    try {
                        collectives.allReduce(Vectors.direct(new float[FLOATS]), FLOATS, 2);
                        return -1L;
                    } catch (DropwiseException e) {
                        return rank == 0 ? collectives.dropped().of(Reason.UNAUTHENTIC) : 0L;
                    }
                });

        // then: no sum came about, and rank 0 counted what it did not believe
        assertThat(outcomes.get(0).orThrow()).isPositive();
        assertThat(outcomes.get(1).orThrow()).isZero();
    }

    private static void parkUntil(long untilNs) {
        while (System.nanoTime() < untilNs) {
            LockSupport.parkNanos(untilNs - System.nanoTime());
        }
    }

    private static ExchangeConfig config(boolean sharedMemory) {
        return config(sharedMemory, Deadlines.standard());
    }

    private static ExchangeConfig config(boolean sharedMemory, Deadlines deadlines) {
        return new ExchangeConfig("test", 1, 1_600_000, sharedMemory, deadlines);
    }
}
