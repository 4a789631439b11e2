package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.transport.DriverRoom;
import dev.dropwise.worker.transport.JvmAccess;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Room for a media driver's files.
 *
 * @param totalBytes of /dev/shm; 0 when there is none
 * @param freeBytes of /dev/shm
 * @param directory that a media driver would use: /dev/shm, or a slower one when that is too small
 * @param termBytes of its term buffers
 */
public record SharedMemoryRoom(long totalBytes, long freeBytes, String directory, int termBytes) {
    /** Where it should be. */
    public static final String WANTED_DIRECTORY = "/dev/shm";

    private static final long VECTOR_BYTES = 16L * 1024 * 1024;

    /**
     * Looks at this host as a rank of a world of {@code worldSize} does before it trains.
     *
     * @throws DropwiseException with the remedy when there is too little room anywhere, or the JVM keeps memory access closed
     */
    static SharedMemoryRoom find(int worldSize) throws IOException {
        JvmAccess.ensure();
        DriverRoom room = DriverRoom.find(worldSize, VECTOR_BYTES);
        Path wanted = Path.of(WANTED_DIRECTORY);
        if (!Files.isDirectory(wanted)) {
            return new SharedMemoryRoom(0, 0, room.directory().toString(), room.termBytes());
        }
        FileStore store = Files.getFileStore(wanted);
        return new SharedMemoryRoom(
                store.getTotalSpace(), store.getUsableSpace(), room.directory().toString(), room.termBytes());
    }
}
