package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.PeerLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two JVMs that reduce without end, until something happens to one of them. */
@Timeout(60)
class PeerLossIT {
    private static final int FLOATS = 100_000;
    private static final int QUIET_STEPS = 20;
    private static final int LAST_STEP = 2_000;
    private static final int ENDLESS = Integer.MAX_VALUE;
    private static final Duration PROMISED = Duration.ofSeconds(6);

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest(name = "{0} of rank {1}, shared memory {2}")
    @CsvSource({"KILL,1,true", "KILL,0,true", "KILL,1,false", "STOP,1,true", "STOP,0,true", "STOP,1,false"})
    void shouldNameTheLostRankWithinSecondsWhenItsProcessIsStruck(String signal, int victim, boolean sharedMemory)
            throws IOException, InterruptedException {
        int survivor = 1 - victim;
        try (PeerProcess peer = start(victim, sharedMemory, ENDLESS);
                Collectives collectives = open(survivor, sharedMemory)) {
            reduce(collectives, 0, QUIET_STEPS);
            System.out.printf("%s pid %d, rank %d%n", signal, peer.pid(), victim);

            // when
            peer.signal(signal);
            long struckNs = System.nanoTime();
            PeerLostException lost =
                    catchThrowableOfType(PeerLostException.class, () -> reduce(collectives, QUIET_STEPS, ENDLESS));
            Duration noticed = Duration.ofNanos(System.nanoTime() - struckNs);
            System.out.printf("noticed after %d ms: %s%n", noticed.toMillis(), lost.getMessage());

            // then
            assertThat(lost.lostRank()).isEqualTo(victim);
            assertThat(lost)
                    .hasMessageMatching("all-reduce step=\\d+ phase=[A-Z_]+: rank " + victim + " \\(127.0.0.1 pid "
                            + peer.pid() + "\\).*");
            assertThat(noticed).isLessThan(PROMISED);
        }
        if (sharedMemory) {
            // The survivor removes a dead host's files behind its caller's back, once they have been silent for long
            // enough.
            await().atMost(PROMISED).until(() -> Files.notExists(driverDirectory(victim)));
        } else {
            // Nobody shared memory with the dead: its files wait for the next run's sweep. This test does it now.
            IoUtil.delete(driverDirectory(victim).toFile(), true);
        }
    }

    @ParameterizedTest(name = "rank {0}, shared memory {1}")
    @CsvSource({"1,true", "0,true", "1,false"})
    void shouldGoOnWhenAPeerWasStoppedForAShortWhile(int victim, boolean sharedMemory)
            throws IOException, InterruptedException {
        try (PeerProcess peer = start(victim, sharedMemory, ENDLESS);
                Collectives collectives = open(1 - victim, sharedMemory)) {
            reduce(collectives, 0, QUIET_STEPS);

            // when
            long stoppedNs = System.nanoTime();
            peer.signal("STOP");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500) - (System.nanoTime() - stoppedNs));
            peer.signal("CONT");

            // then
            reduce(collectives, QUIET_STEPS, 2 * QUIET_STEPS);
            peer.kill();
        }
        IoUtil.delete(driverDirectory(victim).toFile(), true);
    }

    @Test
    void shouldEndBothInOrderWhenNothingHappens() throws InterruptedException {
        try (PeerProcess peer = start(1, true, LAST_STEP)) {
            try (Collectives collectives = open(0, true)) {
                reduce(collectives, 0, LAST_STEP);
                collectives.barrier(LAST_STEP);
            }
            assertThat(peer.await(20)).isZero();
        }
        assertThat(driverDirectory(0)).doesNotExist();
    }

    private PeerProcess start(int rank, boolean sharedMemory, int lastStep) {
        return PeerProcess.start(
                PeerMain.class,
                PeerProcess.openModules(),
                List.of(
                        directory.toString(),
                        Integer.toString(rank),
                        Boolean.toString(sharedMemory),
                        Integer.toString(lastStep)));
    }

    private Collectives open(int rank, boolean sharedMemory) {
        return PeerMain.open(directory, rank, sharedMemory);
    }

    private static void reduce(Collectives collectives, int fromStep, int toStep) {
        UnsafeBuffer vector = Vectors.direct(new float[FLOATS]);
        for (int step = fromStep; step < toStep; step++) {
            collectives.allReduce(vector, FLOATS, step);
        }
    }

    private Path driverDirectory(int rank) {
        return Path.of(new FileRendezvous(directory, 2).hello("loss", rank).driverDirectory());
    }

    /** The other process: reduces until it is struck or through. */
    static final class PeerMain {
        private PeerMain() {}

        public static void main(String[] arguments) {
            PeerProcess.endWithParent();
            Path directory = Path.of(arguments[0]);
            int rank = Integer.parseInt(arguments[1]);
            int lastStep = Integer.parseInt(arguments[3]);
            try (Collectives collectives = open(directory, rank, Boolean.parseBoolean(arguments[2]))) {
                reduce(collectives, 0, lastStep);
                collectives.barrier(lastStep);
            }
        }

        static Collectives open(Path directory, int rank, boolean sharedMemory) {
            ExchangeConfig config =
                    new ExchangeConfig("loss", 1, FLOATS * (long) Float.BYTES, sharedMemory, Deadlines.standard());
            return new FileRendezvous(directory, 2).open(config, rank, "loss");
        }
    }
}
