package dev.dropwise.common.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Replaces local files without Hadoop, which deletes the target before it renames and starts a chmod process a file. */
final class LocalFile {
    private LocalFile() {}

    static void replace(Path target, byte[] content) throws IOException {
        Path beside = target.resolveSibling("." + target.getFileName() + ".new");
        try {
            write(beside, content);
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            discard(beside, e);
            throw e;
        }
    }

    private static void write(Path beside, byte[] content) throws IOException {
        try (FileChannel out = FileChannel.open(beside, CREATE, TRUNCATE_EXISTING, WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        }
    }

    /** On a full disk the part that was written takes the room in which the run would say why it failed. */
    private static void discard(Path beside, IOException failure) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
