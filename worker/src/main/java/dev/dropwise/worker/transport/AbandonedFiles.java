package dev.dropwise.worker.transport;

import dev.dropwise.worker.membership.SharedMemoryToken;
import io.aeron.CncFileDescriptor;
import java.io.File;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what killed JVMs could not: directories of media drivers, tokens and chunks, which would fill the memory in the end. */
final class AbandonedFiles {
    static final String DRIVER_PREFIX = "dropwise-driver-";

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedFiles.class);
    private static final long DEAD_AFTER_MS = 60_000;
    private static final long NO_HEARTBEAT = -1;
    private static final int WATCHED_FACTOR = 3;
    private static final long LOOK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private AbandonedFiles() {}

    /**
     * Removes from {@code directory} what belongs to drivers that have been silent for a minute, and tokens, chunks and drivers
     * without a sign of life that are older than {@code age}: younger ones may be on the point of starting or ending.
     */
    static void sweep(Path directory, Duration age) {
        Instant before = Instant.now().minus(age);
        for (Path each : ofDropwise(directory)) {
            try {
                if (isDead(each)
                        || (isSilent(each)
                                && Files.getLastModifiedTime(each).toInstant().isBefore(before))) {
                    remove(each);
                }
            } catch (IOException | RuntimeException e) {
                // Somebody else's, or removed by another rank meanwhile: no reason to fail.
                LOG.debug("event=abandoned-file-kept file={}", each, e);
            }
        }
    }

    /**
     * Removes the directory of a driver that died: silent for {@code deadAfter}, and not because it was closed. Looks behind
     * the caller's back: a host that was killed a moment ago is not silent yet, and files cannot be read by a thread that is
     * interrupted, as Spark does to the tasks that survive. Ends when the driver is gone, or has shown that it lives.
     */
    static void removeDriver(Path directory, Duration deadAfter) {
        EmbeddedDriver.daemon(() -> watch(directory, deadAfter), "dropwise-remove-" + directory.getFileName())
                .start();
    }

    private static void watch(Path directory, Duration deadAfter) {
        long startNs = System.nanoTime();
        long limitNs = WATCHED_FACTOR * deadAfter.toNanos();
        while (mayBeDying(directory, deadAfter) && System.nanoTime() - startNs < limitNs) {
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }

    /** Removes a driver that is dead; true if it may yet turn out to be. */
    private static boolean mayBeDying(Path directory, Duration deadAfter) {
        try {
            long ageMs = heartbeatAgeMs(directory);
            if (ageMs > deadAfter.toMillis()) {
                remove(directory);
            }
            return ageMs != NO_HEARTBEAT && ageMs <= deadAfter.toMillis();
        } catch (Exception e) {
            // Its host is just removing it. Agrona throws what it does not declare, such as FileNotFoundException;
            // what nobody catches ends an executor.
            LOG.debug("event=abandoned-file-kept file={}", directory, e);
            return false;
        }
    }

    /** Removes {@code path} with all it holds; a path that is gone already is fine. */
    private static void remove(Path path) {
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
            LOG.info("event=abandoned-file-removed file={}", path);
        } catch (IOException e) {
            LOG.info("event=abandoned-file-kept file={} why={}", path, e.toString());
        }
    }

    private static List<Path> ofDropwise(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(each -> {
                        String name = each.getFileName().toString();
                        return name.startsWith(DRIVER_PREFIX)
                                || name.startsWith(SharedMemoryToken.PREFIX)
                                || name.startsWith(ChunkFile.PREFIX);
                    })
                    .toList();
        } catch (IOException e) {
            LOG.debug("event=abandoned-files-not-listed directory={}", directory, e);
            return List.of();
        }
    }

    private static boolean isDead(Path path) {
        return heartbeatAgeMs(path) > DEAD_AFTER_MS;
    }

    private static boolean isSilent(Path path) {
        return heartbeatAgeMs(path) == NO_HEARTBEAT;
    }

    /** For how long the driver in {@code directory} has been silent; none for one that never began or ended in order. */
    private static long heartbeatAgeMs(Path directory) {
        File control = directory.resolve(AeronEndpoint.CONTROL_FILE).toFile();
        if (control.length() <= CncFileDescriptor.META_DATA_LENGTH) {
            return NO_HEARTBEAT;
        }
        MappedByteBuffer bytes = IoUtil.mapExistingFile(control, FileChannel.MapMode.READ_ONLY, control.getPath());
        try {
            UnsafeBuffer metaData = CncFileDescriptor.createMetaDataBuffer(bytes);
            if (metaData.getIntVolatile(CncFileDescriptor.cncVersionOffset(0)) != CncFileDescriptor.CNC_VERSION) {
                return NO_HEARTBEAT;
            }
            long heartbeatMs = new ManyToOneRingBuffer(CncFileDescriptor.createToDriverBuffer(bytes, metaData))
                    .consumerHeartbeatTime();
            return heartbeatMs < 0 ? NO_HEARTBEAT : Math.max(0, System.currentTimeMillis() - heartbeatMs);
        } finally {
            BufferUtil.free(bytes);
        }
    }
}
