package dev.dropwise.worker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.DiagnosisCodec;
import dev.dropwise.worker.diagnosis.Examination;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import dev.dropwise.worker.diagnosis.RankFacts.MachineFacts;
import dev.dropwise.worker.diagnosis.RankFacts.StorageFacts;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.spark.PairMeeting.Posting;
import java.time.Duration;
import java.util.List;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks as tasks of a real barrier stage in this JVM, which meet over the real exchange. */
@Timeout(90)
class PairMeetingTest {
    private static final String NOBODY = "127.0.0.1:9";

    private static JavaSparkContext spark;

    @BeforeAll
    static void startSpark() {
        spark = new JavaSparkContext(new SparkConf()
                .setMaster("local[3]")
                .setAppName("pairs")
                .set("spark.plugins", RankPlugin.class.getName())
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.barrier.sync.timeout", "60"));
    }

    @AfterAll
    static void stopSpark() {
        spark.stop();
    }

    @Test
    void shouldMeasureTheWayToEveryOtherRankWhenAllAreWell() {
        DataConfig digits = new DataConfig("digits", "", Holdout.parse("0"), 0);

        List<RankFacts> facts = DiagnosisJob.run(spark, 3, new Examination("all-well", "", List.of(digits), List.of()));

        assertThat(facts).extracting(RankFacts::rank).containsExactly(0, 1, 2);
        assertThat(facts).allSatisfy(rank -> {
            assertThat(rank.machine().spark()).isEqualTo("4.1.0");
            assertThat(rank.storage())
                    .isEqualTo(new StorageFacts(
                            new Answer.Found<>("digits, 12000 training and 2000 test examples"),
                            new Answer.Found<>("")));
            assertThat(rank.links())
                    .extracting(LinkFacts::peer)
                    .containsExactlyInAnyOrder((rank.rank() + 1) % 3, (rank.rank() + 2) % 3);
            assertThat(rank.links()).allSatisfy(link -> {
                assertThat(link.endpoint()).isEmpty();
                assertThat(speed(link).transport()).isEqualTo("aeron:ipc");
                assertThat(speed(link).roundTripUs()).isPositive();
                assertThat(speed(link).bytesPerSecond()).isGreaterThan(1e6);
            });
        });
    }

    @Test
    void shouldNameTheAddressWhenNobodyAnswersThere() {
        LinkFacts link = links(BarrierJob.run(spark, 2, PairMeetingTest::oneIsOutOfReach), 2)
                .get(0);

        assertThat(link.peer()).isEqualTo(1);
        assertThat(link.endpoint()).isEqualTo(NOBODY);
        assertThat(link.speed()).isInstanceOfSatisfying(Answer.Problem.class, problem -> {
            assertThat(problem.exitCode()).isEqualTo(ExitCode.TRY_LATER);
            assertThat(problem.message()).contains("within 1000 ms", NOBODY);
        });
    }

    @Test
    void shouldStillMeasureTheOtherPairsWhenOneRankCannotOpenItsEnd() {
        List<byte[]> seen = BarrierJob.run(spark, 3, PairMeetingTest::lastSaysNothing);

        for (int rank = 0; rank < 2; rank++) {
            int other = 1 - rank;
            List<LinkFacts> links =
                    codec().decode(seen.get(rank), RankFacts.class).links();
            assertThat(links).hasSize(2).allSatisfy(link -> {
                if (link.peer() == other) {
                    assertThat(speed(link).bytesPerSecond()).isPositive();
                } else {
                    assertThat(link.speed())
                            .isEqualTo(new Answer.Problem<>(
                                    "rank 2 has not opened its end of the exchange", ExitCode.UNAVAILABLE));
                }
            });
        }
    }

    /** Rank 1 says that it listens where nobody does, on a host that shares no memory. */
    private static byte[] oneIsOutOfReach(BarrierTaskContext task) {
        if (task.partitionId() == 0) {
            return meet(task);
        }
        Rendezvous rendezvous = new Rendezvous(task);
        Hello hello = new Hello(1, "B", 7, "token", "/dev/shm/not-there", "", "/dev/shm/not-there-either", 1 << 20);
        rendezvous.round(Posting.class, () -> new Posting(codec().encode(hello)));
        rendezvous.round(Posting.class, () -> new Posting(codec().encode(new PeerRecord(1, "B", 7, 1, NOBODY))));
        return new byte[0];
    }

    private static byte[] lastSaysNothing(BarrierTaskContext task) {
        if (task.partitionId() < 2) {
            return meet(task);
        }
        Rendezvous rendezvous = new Rendezvous(task);
        for (int round = 0; round < 2 * 3; round++) {
            rendezvous.round(Posting.class, () -> Posting.NOTHING);
        }
        return new byte[0];
    }

    private static byte[] meet(BarrierTaskContext task) {
        Deadlines brief = new Deadlines(
                Duration.ofSeconds(1), Duration.ofSeconds(20), Duration.ofSeconds(2), Duration.ofSeconds(3));
        Deadlines deadlines = task.numPartitions() == 2 ? brief : PairMeeting.DEADLINES;
        MachineFacts machine = new MachineFacts("", "", unseen(), unseen(), unseen(), unseen());
        List<LinkFacts> links = new PairMeeting(task, "test", deadlines).meetAll();
        return codec().encode(
                        new RankFacts(task.partitionId(), "", 0, machine, new StorageFacts(unseen(), unseen()), links));
    }

    private static <T> Answer<T> unseen() {
        return new Answer.Problem<>("not looked at", ExitCode.DONE);
    }

    private static List<LinkFacts> links(List<byte[]> seen, int worldSize) {
        assertThat(seen).hasSize(worldSize);
        return codec().decode(seen.get(0), RankFacts.class).links();
    }

    private static LinkSpeed speed(LinkFacts link) {
        assertThat(link.speed()).isInstanceOf(Answer.Found.class);
        return ((Answer.Found<LinkSpeed>) link.speed()).value();
    }

    private static DiagnosisCodec codec() {
        return new DiagnosisCodec();
    }
}
