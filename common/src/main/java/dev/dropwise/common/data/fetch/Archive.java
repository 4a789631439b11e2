package dev.dropwise.common.data.fetch;

import dev.dropwise.common.data.fetch.PublishedFile.UnpackedFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Takes known files out of a gzipped tar archive; directories in the archive are ignored, so nothing can land elsewhere. */
final class Archive {
    private static final int BUFFER_BYTES = 1 << 16;

    private Archive() {}

    /** Writes each of {@code files} into {@code directory}, whole or not at all. */
    static void unpack(Path archive, List<UnpackedFile> files, Path directory) throws IOException {
        Map<String, UnpackedFile> wanted = new HashMap<>();
        files.forEach(file -> wanted.put(file.name(), file));
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(raw, BUFFER_BYTES))) {
            for (ArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                UnpackedFile file = wanted.remove(lastName(entry.getName()));
                if (file == null) {
                    continue;
                }
                if (entry.getSize() != file.lengthBytes()) {
                    throw new IOException(archive + ": expected " + file.name() + " of " + file.lengthBytes()
                            + " bytes, found " + entry.getSize());
                }
                PartFile part = new PartFile(directory.resolve(file.name()));
                Files.copy(tar, part.path(), StandardCopyOption.REPLACE_EXISTING);
                part.complete();
            }
        }
        if (!wanted.isEmpty()) {
            throw new IOException(archive + ": expected it to hold " + wanted.keySet() + ", found none of these");
        }
    }

    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
