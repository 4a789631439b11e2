package dev.dropwise.worker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.PeerRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two ranks as tasks of a real barrier stage in this JVM. */
@Timeout(60)
class RendezvousTest {
    private static JavaSparkContext spark;

    @BeforeAll
    static void startSpark() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[2]")
                .setAppName("rendezvous")
                .set("spark.plugins", RankPlugin.class.getName())
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.barrier.sync.timeout", "20"));
    }

    @AfterAll
    static void stopSpark() {
        spark.stop();
    }

    @Test
    void shouldHandEveryRankTheRecordsOfAllInTheirOrder() {
        List<byte[]> seen = BarrierJob.run(spark, 2, RendezvousTest::records);

        assertThat(seen).extracting(RendezvousTest::text).containsOnly("rank 0 (a pid 7) rank 1 (b pid 7)");
    }

    private static byte[] records(BarrierTaskContext context) {
        int rank = context.partitionId();
        List<PeerRecord> all = new Rendezvous(context)
                .round(PeerRecord.class, () -> new PeerRecord(rank, rank == 0 ? "a" : "b", 7, 0, ""));
        return bytes(String.join(" ", all.stream().map(PeerRecord::describe).toList()));
    }

    @Test
    void shouldFailOnAllRanksWithCategoryAndExitCodeWhenOneCannotTakePart() {
        List<byte[]> seen = BarrierJob.run(
                spark,
                2,
                context -> failure(context, () -> {
                    throw DropwiseException.badData("train-labels: expected magic 2049, found 2051");
                }));

        assertThat(seen)
                .extracting(RendezvousTest::text)
                .allMatch(text -> text.matches("FATAL BAD_DATA rank 1 \\(.+\\): train-labels: expected magic .*"));
        assertThat(seen).hasSize(2);
    }

    @Test
    void shouldFailOnAllRanksWhenANativeLibraryDoesNotLoadOnOne() {
        // What ND4J throws then is an error, not an exception.
        List<byte[]> seen = BarrierJob.run(
                spark,
                2,
                context -> failure(context, () -> {
                    throw new UnsatisfiedLinkError("no jnind4jcpu in java.library.path");
                }));

        assertThat(seen)
                .extracting(RendezvousTest::text)
                .allMatch(
                        text -> text.matches("FATAL BUG rank 1 \\(.+\\): java.lang.UnsatisfiedLinkError: no jnind.*"));
        assertThat(seen).hasSize(2);
    }

    @Test
    void shouldNameWhoStaysAwayWhenTheDeadlineHasPassed() {
        List<byte[]> seen = BarrierJob.run(spark, 2, RendezvousTest::zeroComesAlone);

        assertThat(text(seen.get(0)))
                .matches("RETRYABLE TRY_LATER rank 0 \\(.+\\) has waited 1 s for rank\\(s\\) 1 to meet: .*");
    }

    private static byte[] zeroComesAlone(BarrierTaskContext context) {
        if (context.partitionId() != 0) {
            return new byte[0];
        }
        try {
            new Rendezvous(context, Duration.ofSeconds(1))
                    .round(PeerRecord.class, () -> new PeerRecord(0, "a", 7, 0, ""));
            return bytes("no failure");
        } catch (DropwiseException e) {
            return bytes(e.category() + " " + e.exitCode() + " " + e.getMessage());
        }
    }

    @Test
    void shouldKeepRoundsApartWhenRanksGoThroughManyOfThem() {
        List<byte[]> seen = BarrierJob.run(spark, 2, RendezvousTest::twentyRounds);

        String expected = IntStream.range(0, 20)
                .mapToObj(round -> "0." + round + " 1." + round)
                .collect(Collectors.joining(","));
        assertThat(seen).extracting(RendezvousTest::text).containsExactly(expected, expected);
    }

    private static byte[] twentyRounds(BarrierTaskContext context) {
        Rendezvous rendezvous = new Rendezvous(context);
        int rank = context.partitionId();
        List<String> rounds = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String host = rank + "." + i;
            rounds.add(rendezvous.round(PeerRecord.class, () -> new PeerRecord(rank, host, 7, 0, "")).stream()
                    .map(PeerRecord::host)
                    .collect(Collectors.joining(" ")));
        }
        return bytes(String.join(",", rounds));
    }

    @Test
    void shouldRunEveryRankOfAJobAndReturnTheirBytesInOrder() {
        List<byte[]> ranks =
                BarrierJob.run(spark, 2, context -> bytes(context.partitionId() + " of " + context.numPartitions()));

        assertThat(ranks).extracting(RendezvousTest::text).containsExactly("0 of 2", "1 of 2");
    }

    @Test
    void shouldSayHostProcessAndKernelsWhenSlotsAreAsked() {
        List<HostProbe.HostFacts> facts = HostProbe.ask(spark, 2);

        assertThat(facts).hasSize(2).allSatisfy(each -> {
            assertThat(each.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(each.kernelClass()).isNotEmpty();
            assertThat(each.builds()).isNotEmpty();
        });
    }

    private static byte[] failure(BarrierTaskContext context, Callable<PeerRecord> ofRankOne) {
        int rank = context.partitionId();
        try {
            new Rendezvous(context)
                    .round(PeerRecord.class, () -> rank == 1 ? ofRankOne.call() : new PeerRecord(rank, "a", 7, 0, ""));
            return bytes("no failure");
        } catch (DropwiseException e) {
            return bytes(e.category() + " " + e.exitCode() + " " + e.getMessage());
        } catch (Throwable e) {
            return bytes("not for the driver: " + e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
