package dev.dropwise.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.doctor.Finding.Status;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.RankFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkFacts;
import dev.dropwise.worker.diagnosis.RankFacts.LinkSpeed;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkChecksTest {
    private static final Answer<LinkSpeed> SILENT = Cluster.problem("connect: waited 10000 ms", ExitCode.TRY_LATER);

    @Test
    void shouldGiveRoundTripAndBandwidthWhenAPairIsConnected() {
        LinkChecks checks = new LinkChecks(Cluster.with(Cluster.MACHINE, Cluster.STORAGE));

        assertThat(checks.anyUdp()).isTrue();
        assertThat(checks.pairs())
                .containsExactly(Finding.ok(
                        "reach",
                        "rank 0 on A and rank 1 on B: aeron:udp, round trip 100 us, 1.2 GB/s there, 900.0 MB/s back"));
    }

    @Test
    void shouldNameBothEndsAndThePortWhenARankCannotReachAnother() {
        Finding finding = pair(Cluster.linked("B", Cluster.link(1, "B", SILENT), Cluster.link(0, "A", SILENT)));

        assertThat(finding.status()).isEqualTo(Status.FAIL);
        assertThat(finding.found()).isEqualTo("rank 0 on A cannot reach rank 1 on B:4020");
        assertThat(finding.remedy()).contains("allow UDP", "SPARK_LOCAL_IP");
        assertThat(finding.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void shouldNameTheDirectionWhenOnlyTheWayBackIsClosed() {
        Finding finding = pair(Cluster.linked(
                "B", Cluster.link(1, "B", Cluster.found("aeron:udp", 1, 1)), Cluster.link(0, "A", SILENT)));

        assertThat(finding.found()).isEqualTo("rank 1 on B cannot reach rank 0 on A:4020");
    }

    @Test
    void shouldTellTheCauseWhenTheOtherEndWasNotOpened() {
        LinkFacts there = new LinkFacts(
                1, "", "", Cluster.problem("rank 1 has not opened its end of the exchange", ExitCode.UNAVAILABLE));
        LinkFacts back = new LinkFacts(0, "A", "", Cluster.problem("no room; give more room", ExitCode.CONFIGURATION));

        assertThat(pair(Cluster.linked("B", there, back)))
                .isEqualTo(Finding.fail("reach", "rank 1 on B: no room", "give more room", ExitCode.CONFIGURATION));
    }

    @Test
    void shouldSpeakOfSharedMemoryWhenThatIsTheWay() {
        LinkFacts there = new LinkFacts(1, "A", "", SILENT);
        LinkFacts back = new LinkFacts(0, "A", "", SILENT);

        assertThat(pair(Cluster.linked("A", there, back)).found())
                .isEqualTo("rank 0 on A cannot reach rank 1 on A through shared memory");
    }

    @Test
    void shouldWarnWhenRanksOfOneHostUseUdp() {
        Finding finding = pair(Cluster.linked(
                "A",
                Cluster.link(1, "A", Cluster.found("aeron:udp", 10, 1e9)),
                Cluster.link(0, "A", Cluster.found("aeron:udp", 10, 1e9))));

        assertThat(finding.status()).isEqualTo(Status.WARN);
        assertThat(finding.found()).endsWith("though both are on one host");
        assertThat(finding.remedy()).contains("share /dev/shm");
    }

    @Test
    void shouldBeContentWhenThereIsOneRank() {
        List<RankFacts> alone =
                List.of(new RankFacts(0, "A", 1, Cluster.MACHINE, Cluster.STORAGE, List.<LinkFacts>of()));

        assertThat(new LinkChecks(alone).pairs()).containsExactly(Finding.ok("reach", "one rank has nobody to reach"));
        assertThat(new LinkChecks(alone).anyUdp()).isFalse();
    }

    private static Finding pair(List<RankFacts> ranks) {
        List<Finding> findings = new LinkChecks(ranks).pairs();
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }
}
