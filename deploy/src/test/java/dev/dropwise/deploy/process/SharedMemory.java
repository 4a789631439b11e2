package dev.dropwise.deploy.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Media drivers' directories, tokens and chunks in memory file systems. What came since {@link #now} and no living process has mapped
 * was left behind by somebody who is dead (Linux: /proc/PID/maps); runs of others on this machine are not mistaken for that.
 */
public final class SharedMemory {
    private static final List<Path> PLACES =
            List.of(Path.of("/dev/shm"), Path.of(System.getProperty("java.io.tmpdir")));
    private static final String PREFIX = "dropwise-";

    private final Set<Path> before;

    private SharedMemory(Set<Path> before) {
        this.before = before;
    }

    /** Remembers what is there already. */
    public static SharedMemory now() {
        return new SharedMemory(entries());
    }

    /** What nobody alive uses. A token is mapped by nobody and lives for seconds: look again before you complain. */
    public Set<Path> leftBehind() {
        Set<Path> entries = entries();
        entries.removeAll(before);
        if (!entries.isEmpty()) {
            String mapped = ProcessHandle.allProcesses().map(SharedMemory::maps).collect(Collectors.joining());
            entries.removeIf(entry -> mapped.contains(entry.toString()));
        }
        return entries;
    }

    private static Set<Path> entries() {
        return PLACES.stream().flatMap(SharedMemory::in).collect(Collectors.toSet());
    }

    private static Stream<Path> in(Path place) {
        Predicate<Path> ours = file -> file.getFileName().toString().matches(PREFIX + "(driver|token|chunk)-.*");
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(ours).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String maps(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/maps"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Gone meanwhile, or someone else's.
            return "";
        }
    }
}
