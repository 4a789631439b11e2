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
        try (FileChannel out = FileChannel.open(beside, CREATE, TRUNCATE_EXISTING, WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                out.write(rest);
            }
            out.force(true);
        }
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
    }
}
