package dev.dropwise.common.data.fetch;

import java.util.List;

/**
 * A file as its authors published it.
 *
 * @param name the last part of its address
 * @param lengthBytes its length
 * @param sha256 its checksum, in lower-case hexadecimal
 * @param unpacked the files that a tar archive is unpacked to, by the last part of their names; empty for a file kept as it is
 */
public record PublishedFile(String name, long lengthBytes, String sha256, List<UnpackedFile> unpacked) {
    /**
     * A file inside an archive.
     *
     * @param name without directories
     * @param lengthBytes its length
     */
    public record UnpackedFile(String name, long lengthBytes) {}

    public PublishedFile {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256 of " + name + " must be 64 lower-case hex digits: " + sha256);
        }
        unpacked = List.copyOf(unpacked);
    }
}
