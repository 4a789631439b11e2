package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where a media driver's files go and how long their term buffers may be, so that they fit: a memory file system that
 * runs full under a mapped file kills the JVM, so room is made sure of before the first byte is written.
 *
 * @param directory the file system's directory in which the driver gets its own
 * @param termBytes of each term buffer
 */
public record DriverRoom(Path directory, int termBytes) {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long DRIVER_FILES = 13L * 1024 * 1024;
    private static final long CONTROL_STREAM = 3L * StreamSettings.SMALLEST_TERM + 4096;
    private static final Duration ABANDONED_AFTER = Duration.ofMinutes(10);
    private static final int TERMS_PER_STREAM = 3;

    /** Room for a world of {@code worldSize} ranks that reduce {@code vectorBytes}: in /dev/shm, or on disk failing that. */
    public static DriverRoom find(int worldSize, long vectorBytes) {
        List<Path> directories = List.of(MEMORY, Path.of(System.getProperty("java.io.tmpdir")));
        directories.forEach(each -> AbandonedFiles.sweep(each, ABANDONED_AFTER));
        List<Candidate> candidates = directories.stream().map(Candidate::of).toList();
        return choose(candidates, worldSize, StreamSettings.termBytesFor(vectorBytes, worldSize));
    }

    /** A path for a driver's directory that no other driver ever has. */
    public String newDriverDirectory(int rank) {
        return directory
                .resolve(AbandonedFiles.DRIVER_PREFIX + rank + "-" + SharedMemoryToken.randomText())
                .toString();
    }

    /** Whether the directory is memory that holds {@code moreBytes} beside all that the media driver of {@code worldSize} ranks can need. */
    boolean holdsToo(int worldSize, long moreBytes) {
        return directory.equals(MEMORY)
                && Candidate.of(directory).freeBytes() >= neededBytes(worldSize, termBytes) + moreBytes;
    }

    /** A directory and the bytes that are free there. */
    record Candidate(Path directory, long freeBytes) {
        static Candidate of(Path directory) {
            try {
                return new Candidate(
                        directory,
                        Files.isWritable(directory)
                                ? Files.getFileStore(directory).getUsableSpace()
                                : 0);
            } catch (IOException e) {
                return new Candidate(directory, 0);
            }
        }
    }

    /**
     * The first candidate with room for terms of {@code wantedTermBytes}; failing that, for the longest shorter ones. Memory with terms
     * of 2 MB or more is better than a disk with longer ones.
     *
     * @throws DropwiseException naming every candidate's room and the remedy, when none has any
     */
    static DriverRoom choose(List<Candidate> candidates, int worldSize, int wantedTermBytes) {
        for (int term = wantedTermBytes; term >= StreamSettings.SMALLEST_TERM; term /= 2) {
            for (Candidate each : term > StreamSettings.LONGER_TERM ? candidates.subList(0, 1) : candidates) {
                if (each.freeBytes() >= neededBytes(worldSize, term)) {
                    return new DriverRoom(each.directory(), term);
                }
            }
        }
        StringBuilder found = new StringBuilder();
        candidates.forEach(each -> found.append(each.directory())
                .append(" has ")
                .append(each.freeBytes())
                .append(" bytes free; "));
        throw DropwiseException.configuration("media driver for " + worldSize + " ranks: expected room for "
                + neededBytes(worldSize, StreamSettings.SMALLEST_TERM) + " bytes, found less: " + found
                + "give containers a larger /dev/shm (docker --shm-size=1g; Kubernetes: an emptyDir with medium Memory"
                + " mounted at /dev/shm) or free space");
    }

    /** The most that a driver can need: that of a host with all ranks, each with two streams to each other one. */
    static long neededBytes(int worldSize, int termBytes) {
        long streams = (long) worldSize * (worldSize - 1);
        return DRIVER_FILES + streams * ((long) TERMS_PER_STREAM * termBytes + 4096 + CONTROL_STREAM);
    }
}
