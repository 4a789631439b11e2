package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.Hello;
import dev.dropwise.worker.membership.PeerLostException;
import dev.dropwise.worker.membership.PeerRecord;
import dev.dropwise.worker.membership.Roster;
import dev.dropwise.worker.membership.SharedMemoryToken;
import io.aeron.Aeron;
import io.aeron.ErrorCode;
import io.aeron.RethrowingErrorHandler;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.DriverTimeoutException;
import io.aeron.exceptions.RegistrationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This rank's end of all its streams: the media driver where it hosts one, the Aeron client, and the UDP port. Opened in
 * two steps because a peer's port is known only after it listens.
 */
public final class AeronEndpoint implements AutoCloseable {
    static final String CONTROL_FILE = "cnc.dat";

    private static final Logger LOG = LoggerFactory.getLogger(AeronEndpoint.class);
    private static final long KEEP_ALIVE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    // A thread that has just been resumed may still be copying from memory that the client wants to unmap.
    private static final long UNMAP_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long REASON_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long WAIT_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Hello self;
    private final Deadlines deadlines;
    private final StreamSettings settings;
    private final String driverDirectory;
    private final PeerRecord record;
    private final ClientFault fault;
    private final StreamOpener opener;
    private final Aeron aeron;
    private final @Nullable EmbeddedDriver driver;
    private boolean closed;

    private AeronEndpoint(Hello self, List<Hello> hellos, RunTag tag, Deadlines deadlines) {
        this.self = self;
        this.deadlines = deadlines;
        int rank = self.rank();
        int driverRank = SharedMemoryToken.driverRank(rank, hellos);
        boolean[] remote = new boolean[hellos.size()];
        int senders = 0;
        for (Hello each : hellos) {
            remote[each.rank()] = each.rank() != rank && !(hasToken(self) && SharedMemoryToken.isSharedWith(each));
            senders += remote[each.rank()] ? 1 : 0;
        }
        int termBytes = hellos.stream().mapToInt(Hello::termBytes).min().orElseThrow();
        this.settings = StreamSettings.of(termBytes, SocketBuffers.probe(), senders);
        this.driverDirectory = hellos.get(driverRank).driverDirectory();
        this.fault = new ClientFault(rank, driverRank);
        this.driver = driverRank == rank ? EmbeddedDriver.start(driverDirectory, settings, deadlines) : null;
        boolean opened = false;
        try {
            this.aeron = connectClient();
            this.opener = new StreamOpener(aeron, settings, tag, rank, hellos.size());
            String endpoint = senders == 0 ? "" : listenOrClose(remote);
            this.record = new PeerRecord(rank, self.host(), self.pid(), driverRank, endpoint);
            opened = true;
        } finally {
            if (!opened && driver != null) {
                driver.close();
            }
        }
    }

    /**
     * Starts the media driver, if this rank is to host one, and listens.
     *
     * @param rank this one
     * @param hellos of all ranks, in their order; their tokens must still be there
     * @throws PeerLostException naming the host of the media driver when that does not answer
     * @throws DropwiseException (configuration) when this rank's address is none of this machine's, (retryable) when the media driver has
     *     no room
     */
    public static AeronEndpoint listen(int rank, List<Hello> hellos, RunTag tag, Deadlines deadlines) {
        JvmAccess.ensure();
        return new AeronEndpoint(hellos.get(rank), hellos, tag, deadlines);
    }

    /** Where this rank can be reached. */
    public PeerRecord record() {
        return record;
    }

    /**
     * Opens the streams to and from all peers and waits until they are connected.
     *
     * @throws PeerLostException naming a rank that could not be reached within the deadline, or the host of the media driver, as soon as
     *     that is known to be gone
     * @throws DropwiseException (retryable) when the media driver has no room
     */
    public Transport connect(Roster roster) {
        try {
            return connected(roster);
        } catch (AeronException e) {
            throw failure(e);
        }
    }

    private Transport connected(Roster roster) {
        long deadlineNs = System.nanoTime() + deadlines.connect().toNanos();
        PeerStream[][] streams = new PeerStream[Lane.COUNT][roster.worldSize()];
        for (int peer = 0; peer < roster.worldSize(); peer++) {
            for (Lane lane : Lane.values()) {
                if (peer != roster.rank()) {
                    streams[lane.index()][peer] = opener.open(roster, peer, lane);
                }
            }
        }
        for (int peer = 0; peer < roster.worldSize(); peer++) {
            for (Lane lane : Lane.values()) {
                if (peer != roster.rank()) {
                    awaitConnection(roster, peer, streams[lane.index()][peer], deadlineNs);
                }
            }
        }
        return new AeronTransport(roster, aeron, fault, this, streams);
    }

    private void awaitConnection(Roster roster, int peer, PeerStream stream, long deadlineNs) {
        boolean inTime = await(deadlineNs, () -> stream.isConnected() || aeron.isClosed());
        if (aeron.isClosed()) {
            throw clientLost();
        }
        if (!inTime) {
            throw new PeerLostException(peer, unreachable(roster, peer, deadlines.connect()));
        }
    }

    /** What an exception of Aeron's means for the attempt: nothing that the next one could not do better. */
    private DropwiseException failure(AeronException e) {
        if (e instanceof RegistrationException) {
            return DropwiseException.retryable(
                    "connect: rank " + self.rank() + ": the media driver of rank " + fault.driverRank() + " in "
                            + driverDirectory + " has refused a stream: " + e.getMessage()
                            + "; if it has no room there, free some or give /dev/shm more",
                    e);
        }
        if (!(e instanceof DriverTimeoutException)) {
            awaitReason();
        }
        fault.onError(e);
        return lost();
    }

    private PeerLostException clientLost() {
        awaitReason();
        return lost();
    }

    /** The client closes first, and says why soon after. */
    private void awaitReason() {
        await(System.nanoTime() + REASON_NS, fault::hasHappened);
    }

    private PeerLostException lost() {
        Transport.Loss loss = fault.loss();
        return new PeerLostException(
                loss.rank(), "connect: rank " + self.rank() + ": rank " + loss.rank() + " " + loss.cause());
    }

    private String unreachable(Roster roster, int peer, Duration limit) {
        String ends = "connect: " + roster.describe(roster.rank()) + " cannot reach " + roster.describe(peer);
        String within = " within " + limit.toMillis() + " ms";
        if (roster.sharesMemoryWith(peer)) {
            return ends + " in " + driverDirectory + within + ": its JVM died or does not share /dev/shm any more";
        }
        return ends + " at " + roster.peer(peer).endpoint() + within + ", or is not heard there at " + record.endpoint()
                + "; allow UDP between these hosts, or have Spark use addresses that do (SPARK_LOCAL_IP)";
    }

    private Aeron connectClient() {
        Path ready = Path.of(driverDirectory, CONTROL_FILE);
        if (!await(System.nanoTime() + deadlines.connect().toNanos(), () -> Files.exists(ready))) {
            throw new PeerLostException(
                    fault.driverRank(),
                    "connect: rank " + self.rank() + " waited "
                            + deadlines.connect().toMillis() + " ms for the media driver of rank " + fault.driverRank()
                            + " in "
                            + driverDirectory);
        }
        Aeron.Context context = new Aeron.Context()
                .aeronDirectoryName(driverDirectory)
                .driverTimeoutMs(deadlines.driver().toMillis())
                .keepAliveIntervalNs(KEEP_ALIVE_NS)
                .closeLingerDurationNs(UNMAP_DELAY_NS)
                .threadFactory(task -> EmbeddedDriver.daemon(task, "dropwise-aeron-" + self.rank()))
                .errorHandler(fault)
                .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE);
        try {
            return Aeron.connect(context);
        } catch (AeronException e) {
            throw failure(e);
        }
    }

    private String listenOrClose(boolean[] remote) {
        try {
            return listen(remote);
        } catch (AeronException e) {
            aeron.close();
            throw e instanceof RegistrationException refused && refused.errorCode() != ErrorCode.STORAGE_SPACE
                    ? cannotListen(": " + e.getMessage())
                    : failure(e);
        } catch (RuntimeException e) {
            aeron.close();
            throw e;
        }
    }

    private DropwiseException cannotListen(String why) {
        return DropwiseException.configuration("rank " + self.rank() + ": cannot listen on udp " + self.host() + ":0"
                + why + "; expected an address of this machine that peers can reach");
    }

    private String listen(boolean[] remote) {
        Subscription first = opener.listen(self.host(), remote);
        if (!await(
                System.nanoTime() + deadlines.connect().toNanos(),
                () -> first.resolvedEndpoint() != null || aeron.isClosed())) {
            throw cannotListen(" within " + deadlines.connect().toMillis() + " ms");
        }
        if (aeron.isClosed()) {
            throw clientLost();
        }
        return first.resolvedEndpoint();
    }

    private static boolean await(long deadlineNs, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw DropwiseException.retryable("connect: interrupted", null);
            }
            if (System.nanoTime() - deadlineNs > 0) {
                return false;
            }
            LockSupport.parkNanos(WAIT_PARK_NS);
        }
        return true;
    }

    private static boolean hasToken(Hello hello) {
        return !hello.tokenFile().isEmpty();
    }

    /**
     * Ends the client, then the driver where this rank hosts one. Spark interrupts the thread of a task that it kills, more
     * than once, and Aeron's close gives up when interrupted and then unmaps memory that is in use: so another thread closes.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        fault.closing();
        Thread closer = EmbeddedDriver.daemon(this::closeAll, "dropwise-close-" + self.rank());
        closer.start();
        boolean interrupted = false;
        long deadlineNs = System.nanoTime() + deadlines.connect().toNanos();
        while (closer.isAlive() && System.nanoTime() - deadlineNs < 0) {
            try {
                closer.join(Duration.ofNanos(deadlineNs - System.nanoTime()).toMillis() + 1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeAll() {
        try {
            aeron.close();
        } catch (RuntimeException e) {
            // Nobody is left to tell, and Spark ends a JVM in which a thread dies of an exception.
            LOG.warn("rank={} event=client-close-failed directory={}", self.rank(), driverDirectory, e);
        } finally {
            if (driver != null) {
                driver.close();
            } else {
                // A dead host cannot do it any more.
                AbandonedFiles.removeDriver(Path.of(driverDirectory), deadlines.driver());
            }
        }
    }
}
