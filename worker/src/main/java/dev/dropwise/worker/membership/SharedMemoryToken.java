package dev.dropwise.worker.membership;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/**
 * A file with random content in a memory file system. Who can read it there shares that memory with its writer: names of
 * hosts prove nothing, as containers share names without sharing memory and the reverse. Only its own user can read it,
 * because another one could not write to a media driver's files either.
 */
public final class SharedMemoryToken implements AutoCloseable {
    /** How the names of all tokens begin. */
    public static final String PREFIX = "dropwise-token-";

    private static final int RANDOM_BYTES = 16;

    private final String content;
    private final Path file;
    private final HeldUntilExit<Path> held;

    private SharedMemoryToken(String content, Path file) {
        this.content = content;
        this.file = file;
        this.held = HeldUntilExit.acquire(
                "shared memory token " + file, () -> written(file, content), SharedMemoryToken::delete);
    }

    /** Random text that no other rank, run or attempt draws again. */
    public static String randomText() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Writes a fresh token into {@code directory}. */
    public static SharedMemoryToken write(Path directory) {
        return new SharedMemoryToken(randomText(), directory.resolve(PREFIX + randomText()));
    }

    private static Path written(Path file, String content) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, content, StandardOpenOption.WRITE);
            return file;
        } catch (IOException e) {
            // Where memory is full, the empty file was created.
            delete(file);
            throw DropwiseException.io(
                    "shared memory token " + file + ": cannot write 32 bytes: " + e
                            + "; free space there or give ranks another directory",
                    e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw DropwiseException.io("shared memory token " + file + ": cannot delete it: " + e, e);
        }
    }

    public String content() {
        return content;
    }

    public Path file() {
        return file;
    }

    /** Whether this process sees the token of {@code other}, hence can use a media driver of it. */
    public static boolean isSharedWith(Hello other) {
        if (other.tokenFile().isEmpty()) {
            return false;
        }
        try {
            Path file = Path.of(other.tokenFile());
            return Files.size(file) == other.token().length()
                    && Files.readString(file, StandardCharsets.US_ASCII).equals(other.token());
        } catch (IOException e) {
            // Not there, not ours, or not text: all of them mean that memory is not shared.
            return false;
        }
    }

    /**
     * The rank whose media driver {@code rank} uses: the lowest one whose token it sees, or its own. Reads files, so
     * every token must still be there.
     */
    public static int driverRank(int rank, List<Hello> hellos) {
        if (hellos.get(rank).tokenFile().isEmpty()) {
            return rank;
        }
        for (int other = 0; other < rank; other++) {
            if (isSharedWith(hellos.get(other))) {
                return other;
            }
        }
        return rank;
    }

    /** Removes the file; to be called once all ranks have read it. */
    @Override
    public void close() {
        held.close();
    }
}
