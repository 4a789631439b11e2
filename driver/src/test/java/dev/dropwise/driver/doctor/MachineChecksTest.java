package dev.dropwise.driver.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.doctor.Finding.Status;
import dev.dropwise.worker.diagnosis.Answer;
import dev.dropwise.worker.diagnosis.ProductSpeed;
import dev.dropwise.worker.diagnosis.RankFacts.MachineFacts;
import dev.dropwise.worker.diagnosis.RankFacts.StorageFacts;
import dev.dropwise.worker.diagnosis.SharedMemoryRoom;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineChecksTest {
    private static final Answer<Integer> SOCKETS = new Answer.Found<>(4 << 20);

    @Test
    void shouldMakeOneLineOfAllRanksWhenTheyAgree() {
        MachineChecks checks = checks(Cluster.MACHINE);

        assertThat(checks.software("4.1.0"))
                .containsExactly(
                        Finding.ok("jdk", "all 2 ranks: 17.0.15+6"), Finding.ok("spark", "all 2 ranks: 4.1.0"));
        assertThat(checks.memory()).containsExactly(Finding.ok("/dev/shm", "all 2 ranks: 8.0 GB, 4.0 GB free"));
        assertThat(checks.sockets(true)).containsExactly(Finding.ok("socket buffers", "all 2 ranks: 4 MB"));
        assertThat(checks.data()).containsExactly(Finding.ok("data", "all 2 ranks: digits"));
        assertThat(checks.output()).containsExactly(Finding.ok("output", "all 2 ranks: hdfs://n/runs"));
    }

    @Test
    void shouldNameTheRankWhenItsSoftwareIsAnotherOne() {
        MachineChecks checks = checks(Cluster.machine("25+36", "4.0.1", Cluster.SPEED));

        List<Finding> findings = checks.software("4.1.0");

        assertThat(findings)
                .extracting(Finding::found)
                .containsExactly(
                        "rank 0 on A: 17.0.15+6",
                        "rank 1 on B: 25+36",
                        "rank 0 on A: 4.1.0",
                        "rank 1 on B: 4.0.1, the driver 4.1.0");
        assertThat(findings.get(1).status()).isEqualTo(Status.FAIL);
        assertThat(findings.get(3).exitCode()).isEqualTo(ExitCode.CONFIGURATION);
    }

    @Test
    void shouldGiveEveryRankItsLineWhenJudgingSpeed() {
        assertThat(checks(Cluster.MACHINE).kernels("onednn/Nehalem/1"))
                .extracting(Finding::found)
                .containsExactly(
                        "rank 0 on A pid 100: 100 GFLOP/s on one thread (at best 120) with onednn/Nehalem/1, its CPU executes "
                                + Cluster.KERNELS,
                        "rank 1 on B pid 101: 100 GFLOP/s on one thread (at best 120) with onednn/Nehalem/1, its CPU executes "
                                + Cluster.KERNELS);
    }

    @Test
    void shouldWarnWhenARankIsLessThanHalfAsFastAsTheFastest() {
        assertThat(speeds(50.0)).extracting(Finding::status).containsExactly(Status.OK, Status.OK);

        List<Finding> slow = speeds(49.0);

        assertThat(slow).extracting(Finding::status).containsExactly(Status.OK, Status.WARN);
        assertThat(slow.get(1).found())
                .isEqualTo("rank 1 on B pid 101: 49 GFLOP/s on one thread (at best 60) with " + Cluster.KERNELS
                        + ", the fastest rank 100");
        assertThat(slow.get(1).remedy()).contains("a free core per rank");
    }

    @Test
    void shouldFailWithTheRanksOwnWordsWhenItsKernelsDoNotLoad() {
        MachineFacts broken =
                Cluster.machine("17.0.15+6", "4.1.0", Cluster.problem("no jar; put it there", ExitCode.CONFIGURATION));

        assertThat(checks(broken).kernels(Cluster.KERNELS).get(1))
                .isEqualTo(Finding.fail(
                        "kernel class", "rank 1 on B pid 101: no jar", "put it there", ExitCode.CONFIGURATION));
    }

    @Test
    void shouldWarnWhenSharedMemoryIsTooSmallForFullBuffers() {
        Answer<SharedMemoryRoom> cut =
                new Answer.Found<>(new SharedMemoryRoom(64 << 20, 60 << 20, "/dev/shm", 512 << 10));
        Answer<SharedMemoryRoom> disk = new Answer.Found<>(new SharedMemoryRoom(1 << 20, 1 << 20, "/tmp", 2 << 20));
        Answer<SharedMemoryRoom> none = new Answer.Found<>(new SharedMemoryRoom(0, 0, "/tmp", 2 << 20));

        assertThat(memory(cut).found()).isEqualTo("rank 1 on B: 64 MB, 60 MB free, so buffers are cut to 512 KB");
        assertThat(memory(disk).found()).isEqualTo("rank 1 on B: 1 MB, 1 MB free, so the exchange goes through /tmp");
        assertThat(memory(none).found()).isEqualTo("rank 1 on B: none, so the exchange goes through /tmp");
        assertThat(List.of(memory(cut), memory(disk), memory(none))).allSatisfy(finding -> {
            assertThat(finding.status()).isEqualTo(Status.WARN);
            assertThat(finding.remedy()).contains("docker --shm-size=1g");
        });
    }

    @Test
    void shouldFailWhenThereIsNoRoomAnywhere() {
        assertThat(memory(Cluster.problem("no room; free some", ExitCode.CONFIGURATION)))
                .isEqualTo(Finding.fail("/dev/shm", "rank 1 on B: no room", "free some", ExitCode.CONFIGURATION));
    }

    @Test
    void shouldWarnWithTheSysctlWhenSocketBuffersAreSmallAndUdpIsUsed() {
        MachineChecks checks = checks(Cluster.machine(new Answer.Found<>(Cluster.ROOM), new Answer.Found<>(212992)));

        assertThat(checks.sockets(true).get(1))
                .isEqualTo(Finding.warn(
                        "socket buffers",
                        "rank 1 on B: 208 KB, UDP wants 4 MB",
                        "on every host: sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304"));
        assertThat(checks.sockets(false).get(1))
                .isEqualTo(Finding.ok("socket buffers", "rank 1 on B: 208 KB, enough where all ranks share memory"));
    }

    @Test
    void shouldFailWithTheirExitCodesWhenARankDoesNotReachDataOrOutput() {
        MachineChecks checks = new MachineChecks(Cluster.with(
                Cluster.MACHINE,
                new StorageFacts(
                        Cluster.problem("no files; fetch them", ExitCode.BAD_DATA),
                        Cluster.problem("not there; share it", ExitCode.IO))));

        assertThat(checks.data().get(1))
                .isEqualTo(Finding.fail("data", "rank 1 on B: no files", "fetch them", ExitCode.BAD_DATA));
        assertThat(checks.output().get(1))
                .isEqualTo(Finding.fail("output", "rank 1 on B: not there", "share it", ExitCode.IO));
    }

    private static MachineChecks checks(MachineFacts second) {
        return new MachineChecks(Cluster.with(second, Cluster.STORAGE));
    }

    private static List<Finding> speeds(double second) {
        return checks(Cluster.machine("17.0.15+6", "4.1.0", new Answer.Found<>(new ProductSpeed(second, 60))))
                .kernels(Cluster.KERNELS);
    }

    private static Finding memory(Answer<SharedMemoryRoom> second) {
        return checks(Cluster.machine(second, SOCKETS)).memory().get(1);
    }
}
