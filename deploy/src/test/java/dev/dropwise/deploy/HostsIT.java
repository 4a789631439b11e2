package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.NetworkedHosts;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.process.Sighting;
import dev.dropwise.deploy.run.RunFiles;
import dev.dropwise.deploy.run.TraceFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One training, bit for bit, on several hosts: over UDP, mixed with shared memory, and over a network that loses packets. */
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostsIT {
    private static final String[] TRAIN = {
        "train",
        "--model",
        "mlp:256",
        "--train-limit",
        "2000",
        "--epochs",
        "2",
        "--batch-size",
        "32",
        "--seed",
        "7",
        "--shards",
        "4"
    };
    /** A network that loses packets, or delivers none, is no reason to try again. */
    private static final String[] ONCE = {"--max-attempts", "1"};

    private static final int ETHERNET_MTU = 1500;
    private static final Duration DEADLINE = Duration.ofMinutes(4);

    private Path directory;
    private RunFiles oneHost;
    private NetworkedHosts two;
    private String master;

    @BeforeAll
    void trainOnOneHost(@TempDir Path temporary) {
        NetworkedHosts.missing().ifPresent(why -> assumeTrue(false, why));
        directory = temporary;
        oneHost = new RunFiles(directory.resolve("one-host"));
        DropwiseProcess.dropwise(TRAIN)
                .with("--out", oneHost.directory().toString())
                .within(DEADLINE)
                .run()
                .orFail();
        assertThat(transport(oneHost)).isEqualTo("aeron:ipc");
        two = NetworkedHosts.start(2, ETHERNET_MTU);
        master = two.startSpark(directory.resolve("work"), 0, 1);
    }

    @AfterAll
    void endTwoHosts() {
        if (two != null) {
            two.close();
        }
    }

    @ParameterizedTest(name = "MTU {0}")
    @ValueSource(ints = {ETHERNET_MTU, 9000})
    void shouldTrainTheSameOverUdpWhenWorkersAreOnTwoHosts(int mtu) {
        RunFiles run = new RunFiles(directory.resolve("mtu-" + mtu));
        two.carry(mtu);

        trainOnTwo(run).orFail();

        assertSame(run, "aeron:udp");
    }

    @ParameterizedTest(name = "{0} per mille")
    @ValueSource(ints = {10, 50})
    void shouldTrainTheSameWhenTheNetworkLosesPackets(int perMille) {
        RunFiles run = new RunFiles(directory.resolve("loss-" + perMille));
        two.loseUdp(perMille);

        trainOnTwo(run).orFail();

        System.out.printf("%d packets of UDP lost, %d per mille%n", two.lostPackets(), perMille);
        assertThat(two.lostPackets()).isPositive();
        assertSame(run, "aeron:udp");
    }

    @Test
    void shouldNameBothEndsWhenAHostCannotBeReachedByUdp() {
        RunFiles run = new RunFiles(directory.resolve("refused"));
        two.refuseUdp(1);

        Outcome outcome = trainOnTwo(run);

        assertThat(outcome.exitStatus()).as(outcome::toString).isNotZero();
        assertThat(outcome.err())
                .containsPattern(
                        "rank [01] \\(10\\.77\\.0\\.[12].*\\) cannot reach rank [01] \\(10\\.77\\.0\\.[12].*\\) at 10\\.77\\.0\\.[12]:\\d+");
        assertThat(two.lostPackets()).isPositive();
        assertThat(run.document().at("/status").textValue()).isEqualTo("failed");
    }

    @AfterEach
    void healTwoHosts() {
        two.heal();
        two.carry(ETHERNET_MTU);
    }

    @Test
    void shouldMixSharedMemoryAndUdpWhenFourRanksAreOnTwoHosts() {
        RunFiles run = new RunFiles(directory.resolve("four-ranks"));
        try (NetworkedHosts hosts = NetworkedHosts.start(2, ETHERNET_MTU)) {
            train(hosts, hosts.startSpark(work(run), 0, 0, 1, 1), run, 4, "--max-attempts", "1", "--trace")
                    .await()
                    .orFail();
        }

        assertThat(run.workerPids()).hasSize(4).doesNotHaveDuplicates();
        assertSame(run, "aeron:ipc+udp");
        assertTracedOnTwoHosts(run.trace());
    }

    /** Who was on which host, and that what ranks on different hosts did at one time is shown at one time. */
    private static void assertTracedOnTwoHosts(TraceFile trace) {
        assertThat(trace.processes())
                .hasSize(4)
                .anyMatch(name -> name.contains("10.77.0.1 "))
                .anyMatch(name -> name.contains("10.77.0.2 "));
        for (int rank = 1; rank < 4; rank++) {
            System.out.printf("clock of rank %d known to within %.0f us%n", rank, trace.clockUncertaintyMicros(rank));
            assertThat(trace.reductions(rank)).hasSizeGreaterThan(20);
            assertThat(trace.unmet(0, rank)).as("rank " + rank).isEmpty();
        }
    }

    @Test
    void shouldTrainTheSameOverUdpWhenWorkersAreOnFourHosts() {
        RunFiles run = new RunFiles(directory.resolve("four-hosts"));
        try (NetworkedHosts hosts = NetworkedHosts.start(4, ETHERNET_MTU)) {
            train(hosts, hosts.startSpark(work(run), 0, 1, 2, 3), run, 4, ONCE)
                    .await()
                    .orFail();
        }

        assertThat(run.workerPids()).hasSize(4).doesNotHaveDuplicates();
        assertSame(run, "aeron:udp");
    }

    @Test
    void shouldNameTheRankAndTrainOnWithoutItWhenItsHostIsCutOff() {
        RunFiles run = new RunFiles(directory.resolve("cut-off"));
        try (NetworkedHosts hosts = NetworkedHosts.start(2, ETHERNET_MTU)) {
            String url = hosts.startSpark(work(run), 0, 1);
            DropwiseProcess job = train(hosts, url, run, 2, "--min-workers", "1");
            job.awaitUntil("the first epoch is done", () -> !run.metrics().isEmpty());
            long cutNs = System.nanoTime();
            hosts.cutOff(1);
            Sighting named = job.awaitErr("attempt 1 of \\d+ failed: (.*rank [01] .*)");

            double seconds = (named.seenNs() - cutNs) / 1e9;
            System.out.printf("host 1 cut off; named after %.2f s: %s%n", seconds, named.group(1));
            assertThat(hosts.lostPackets()).isPositive();
            double tookSeconds = job.await().orFail().took().toMillis() / 1e3;
            double wallSeconds = run.document().at("/result/wallSeconds").doubleValue();
            System.out.printf("trained for %.1f s, ended after %.1f s%n", wallSeconds, tookSeconds);
            // Spark itself waits two minutes for answers of a host that is gone.
            assertThat(tookSeconds - wallSeconds).isLessThan(60);
        }

        assertThat(run.workerPids()).hasSize(1);
        assertThat(run.parameterDigests()).isEqualTo(oneHost.parameterDigests());
    }

    private Outcome trainOnTwo(RunFiles run) {
        Outcome outcome = train(two, master, run, 2, ONCE).await();
        if (outcome.exitStatus() != 0) {
            System.out.println(NetworkedHosts.logs(directory.resolve("work")));
        }
        return outcome;
    }

    /** Begins to train; the driver is on the first host. */
    private static DropwiseProcess train(
            NetworkedHosts hosts, String master, RunFiles run, int workers, String... options) {
        return hosts.start(
                0,
                DropwiseProcess.sparkSubmit(master, TRAIN)
                        .with(options)
                        .with("--workers", Integer.toString(workers))
                        .with("--out", run.directory().toString())
                        .environment("SPARK_SUBMIT_OPTS", NetworkedHosts.COMPILE_LIGHTLY)
                        .within(DEADLINE));
    }

    private Path work(RunFiles run) {
        return directory.resolve("work-" + run.directory().getFileName());
    }

    private void assertSame(RunFiles run, String transport) {
        assertThat(transport(run)).isEqualTo(transport);
        assertThat(run.parameterDigests()).isEqualTo(oneHost.parameterDigests());
        System.out.printf(
                "%s: exchange and wait %.2f ms a step, on one host %.2f ms%n",
                run.directory().getFileName(), exchangeMs(run), exchangeMs(oneHost));
    }

    private static String transport(RunFiles run) {
        return run.metrics().get(0).at("/exchange/transport").textValue();
    }

    private static double exchangeMs(RunFiles run) {
        var seconds = run.metrics().get(1).get("stepSeconds");
        return 1e3
                * (seconds.get("exchange").doubleValue() + seconds.get("wait").doubleValue());
    }
}
