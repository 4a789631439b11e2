package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.Deadlines;
import dev.dropwise.worker.membership.HeldUntilExit;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A media driver inside this JVM: one thread for everything, which backs off when idle, because cores are for training.
 * Its directory is its own and goes away with it, also when the JVM is asked to end.
 */
final class EmbeddedDriver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDriver.class);
    private static final int COUNTERS_BYTES = 1024 * 1024;
    private static final int CONTROL_TERM_BYTES = StreamSettings.SMALLEST_TERM;
    private static final long TIMER_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINGER_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int YIELDS = 50;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    // In shared memory ranks read and write without the driver; UDP waits until it wakes up, at both ends.
    private static final long MAX_PARK_IPC_NS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long MAX_PARK_UDP_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MAX_PARK_FILES_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String directory;
    private final HeldUntilExit<MediaDriver> driver;

    private EmbeddedDriver(String directory, HeldUntilExit<MediaDriver> driver) {
        this.directory = directory;
        this.driver = driver;
    }

    /** Starts a driver in {@code directory}, which must not exist yet. */
    static EmbeddedDriver start(String directory, StreamSettings settings, Deadlines deadlines) {
        MediaDriver.Context context = context(directory, settings, deadlines);
        try {
            HeldUntilExit<MediaDriver> driver = HeldUntilExit.acquire(
                    "media driver in " + directory, () -> MediaDriver.launch(context), MediaDriver::close);
            LOG.info("event=driver-started directory={} {}", directory, settings);
            return new EmbeddedDriver(context.aeronDirectoryName(), driver);
        } catch (DropwiseException e) {
            throw e;
        } catch (Exception e) {
            // Also a checked one, such as of a full file system, that Agrona throws without saying so.
            throw DropwiseException.retryable("media driver in " + directory + ": cannot start: " + e.getMessage(), e);
        }
    }

    private static MediaDriver.Context context(String directory, StreamSettings settings, Deadlines deadlines) {
        long livenessNs = deadlines.liveness().toNanos();
        return new MediaDriver.Context()
                .aeronDirectoryName(directory)
                // Deleting at the start would take a live driver's directory away from under it.
                .dirDeleteOnStart(false)
                .dirDeleteOnShutdown(true)
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(new BackoffIdleStrategy(
                        0, YIELDS, MIN_PARK_NS, settings.hasRemotePeers() ? MAX_PARK_UDP_NS : MAX_PARK_IPC_NS))
                // Makes streams' files and resolves names while ranks connect; by default it looks for work a thousand
                // times a second ever after.
                .asyncExecutorIdleStrategy(new BackoffIdleStrategy(0, 0, MIN_PARK_NS, MAX_PARK_FILES_NS))
                .sharedThreadFactory(task -> daemon(task, "dropwise-driver"))
                .driverTimeoutMs(deadlines.driver().toMillis())
                .clientLivenessTimeoutNs(livenessNs)
                .imageLivenessTimeoutNs(livenessNs)
                .publicationConnectionTimeoutNs(livenessNs)
                .publicationLingerTimeoutNs(LINGER_NS)
                .timerIntervalNs(TIMER_INTERVAL_NS)
                .counterValuesBufferLength(COUNTERS_BYTES)
                // A sparse file on a full memory file system kills the JVM at the first write.
                .termBufferSparseFile(false)
                .performStorageChecks(true)
                .lowStorageWarningThreshold(0)
                .publicationTermBufferLength(CONTROL_TERM_BYTES)
                .ipcTermBufferLength(CONTROL_TERM_BYTES)
                .socketRcvbufLength(settings.socketBytes())
                .socketSndbufLength(settings.socketBytes())
                .initialWindowLength(settings.windowBytes())
                .errorHandler(error -> LOG.warn("event=driver-error directory={}", directory, error));
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where clients find this driver. */
    String directory() {
        return directory;
    }

    /** Stops the driver and removes its directory; finishes also on a thread that is interrupted. */
    @Override
    public void close() {
        // Aeron's close gives up waiting for its thread when interrupted, and then unmaps memory under it.
        boolean interrupted = Thread.interrupted();
        try {
            driver.close();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
