package dev.dropwise.common.data.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file that is not all there yet: {@code NAME.part} beside its destination until its checksum is right. */
final class PartFile {
    private final Path destination;
    private final Path part;

    PartFile(Path destination) {
        this.destination = destination;
        this.part = destination.resolveSibling(destination.getFileName() + ".part");
    }

    Path path() {
        return part;
    }

    long lengthBytes() throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    /** Opens for writing behind the first {@code keptBytes}. */
    FileChannel openAt(long keptBytes) throws IOException {
        FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(keptBytes);
        channel.position(keptBytes);
        return channel;
    }

    void remove() throws IOException {
        Files.deleteIfExists(part);
    }

    /** Puts the finished file where it belongs, in one step and only after the disk has it. */
    void complete() throws IOException {
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(part, destination, StandardCopyOption.ATOMIC_MOVE);
    }

    static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                byte[] sink = new byte[1 << 16];
                while (in.read(sink) >= 0) {
                    // DigestInputStream sees what passes.
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
