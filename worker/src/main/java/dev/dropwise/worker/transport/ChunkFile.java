package dev.dropwise.worker.transport;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.membership.HeldUntilExit;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.agrona.BufferUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in a memory file system that one rank writes and its peers there read, through memory. It has a name until all of them
 * have mapped it; what a JVM that is killed leaves behind after that is nothing. For one thread.
 */
public final class ChunkFile implements AutoCloseable {
    /** How the names of all such files begin. */
    static final String PREFIX = "dropwise-chunk-";

    private static final Logger LOG = LoggerFactory.getLogger(ChunkFile.class);
    private static final int WRITE_BYTES = 1 << 16;

    private final Path path;
    private final HeldUntilExit<Path> name;
    private final MappedByteBuffer memory;
    private boolean closed;

    private ChunkFile(Path path, int lengthBytes) {
        this.path = path;
        this.name = HeldUntilExit.acquire("chunk " + path, () -> reserved(path, lengthBytes), ChunkFile::delete);
        try {
            this.memory = mapped(path, MapMode.READ_WRITE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            name.close();
            throw DropwiseException.io("chunk " + path + ": cannot map it: " + e, e);
        }
    }

    /**
     * A file of {@code lengthBytes} zeros where {@code room} is; empty where that is no memory, or where it would take what the media
     * driver of {@code worldSize} ranks may need.
     */
    public static Optional<ChunkFile> create(DriverRoom room, int worldSize, int lengthBytes) {
        if (!room.holdsToo(worldSize, (long) worldSize * lengthBytes)) {
            LOG.info("event=chunk-not-shared directory={} bytes={} why=no-room", room.directory(), lengthBytes);
            return Optional.empty();
        }
        Path path = room.directory().resolve(PREFIX + SharedMemoryToken.randomText());
        try {
            return Optional.of(new ChunkFile(path, lengthBytes));
        } catch (DropwiseException e) {
            if (e.getCause() instanceof IOException) {
                // Others have filled the memory meanwhile, or this thread is interrupted, which it will notice
                // elsewhere;
                // there is another way for what would have lain there.
                LOG.info("event=chunk-not-shared directory={} bytes={} why={}", room.directory(), lengthBytes, e);
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Maps the file that {@code rank} has made, for reading. */
    static MappedByteBuffer ofPeer(int rank, String path) {
        try {
            return mapped(Path.of(path), MapMode.READ_ONLY, StandardOpenOption.READ);
        } catch (IOException e) {
            throw DropwiseException.retryable(
                    "chunk " + path + " of rank " + rank + ": cannot map it: " + e
                            + "; was it removed, or does /dev/shm belong to another container?",
                    e);
        }
    }

    private static MappedByteBuffer mapped(Path path, MapMode mode, StandardOpenOption... options) throws IOException {
        try (FileChannel file = FileChannel.open(path, options)) {
            return file.map(mode, 0, file.size());
        }
    }

    /** Written in full, since a file with holes kills who writes to it when the memory is full. */
    private static Path reserved(Path path, int lengthBytes) {
        try (FileChannel file = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer zeros = ByteBuffer.allocate(WRITE_BYTES);
            for (int left = lengthBytes; left > 0; ) {
                left -= file.write(zeros.clear().limit(Math.min(left, WRITE_BYTES)));
            }
            return path;
        } catch (IOException e) {
            delete(path);
            throw DropwiseException.io("chunk " + path + ": cannot reserve " + lengthBytes + " bytes: " + e, e);
        }
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw DropwiseException.io("chunk " + path + ": cannot delete it: " + e, e);
        }
    }

    /** Where peers find it. */
    public String path() {
        return path.toString();
    }

    MappedByteBuffer memory() {
        return memory;
    }

    /** Takes its name away, once all peers have mapped it; the memory stays until all of them have let go of it. */
    public void removeName() {
        name.close();
    }

    /** Takes its name away and lets go of the memory, which nobody here may use any more; again does nothing. */
    @Override
    public void close() {
        name.close();
        if (!closed) {
            closed = true;
            BufferUtil.free(memory);
        }
    }
}
