package dev.dropwise.worker.transport;

import dev.dropwise.worker.membership.SharedMemoryToken;
import io.aeron.CommonContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what killed JVMs could not: directories of media drivers and tokens, which would fill the memory in the end. */
final class AbandonedFiles {
    static final String DRIVER_PREFIX = "dropwise-driver-";

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedFiles.class);
    private static final Duration DEAD_AFTER = Duration.ofSeconds(10);

    private AbandonedFiles() {}

    /** Removes drivers' directories and tokens in {@code directory} that are older than {@code age} and not in use. */
    static void sweep(Path directory, Duration age) {
        Instant before = Instant.now().minus(age);
        for (Path each : ofDropwise(directory)) {
            try {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(before) && !isInUse(each, DEAD_AFTER)) {
                    remove(each);
                }
            } catch (IOException | RuntimeException e) {
                // Somebody else's, or removed by another rank meanwhile: no reason to fail.
                LOG.debug("event=abandoned-file-kept file={}", each, e);
            }
        }
    }

    /** Removes the directory of a driver that has been silent for {@code deadAfter}; keeps that of a live one. */
    static void removeDriver(Path directory, Duration deadAfter) {
        try {
            if (Files.exists(directory) && !isInUse(directory, deadAfter)) {
                remove(directory);
            }
        } catch (IOException | RuntimeException e) {
            // Its host is just removing it.
            LOG.debug("event=abandoned-file-kept file={}", directory, e);
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
                        return name.startsWith(DRIVER_PREFIX) || name.startsWith(SharedMemoryToken.PREFIX);
                    })
                    .toList();
        } catch (IOException e) {
            LOG.debug("event=abandoned-files-not-listed directory={}", directory, e);
            return List.of();
        }
    }

    private static boolean isInUse(Path path, Duration deadAfter) throws IOException {
        Path control = path.resolve(AeronEndpoint.CONTROL_FILE);
        if (!Files.exists(control)) {
            return false;
        }
        try (InputStream bytes = Files.newInputStream(control)) {
            boolean started = false;
            for (byte each : bytes.readNBytes(Integer.BYTES)) {
                started |= each != 0;
            }
            return started && CommonContext.isDriverActive(path.toFile(), deadAfter.toMillis(), LOG::debug);
        }
    }
}
