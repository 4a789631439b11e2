package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.HadoopFileSystem;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** One published file where it lies, plain or gzipped, on any Hadoop file system. Lengths are uncompressed. */
final class DataFile {
    private static final int GZIP_FRAME_BYTES = 18;
    // Deflate never shrinks data by more than this (RFC 1951: 258 bytes in 2 bits).
    private static final long MOST_BYTES_PER_COMPRESSED_BYTE = 1032;

    private final String logicalName;
    private final Path path;
    private final long storedBytes;
    private final Configuration hadoop;
    private final String remedy;

    /**
     * @param logicalName the published name without {@code .gz}
     * @param status of the file itself
     * @param remedy what to do when the file is broken
     */
    DataFile(String logicalName, FileStatus status, Configuration hadoop, String remedy) {
        this.logicalName = logicalName;
        this.path = status.getPath();
        this.storedBytes = status.getLen();
        this.hadoop = hadoop;
        this.remedy = remedy;
    }

    String logicalName() {
        return logicalName;
    }

    Path path() {
        return path;
    }

    boolean gzipped() {
        return path.getName().endsWith(".gz");
    }

    /**
     * The uncompressed length, when it can be had without inflating: the file length, or for gzip the length field of the
     * trailer (RFC 1952, modulo 2^32). -1 when the trailer cannot be true; a truncated file or one of several gzip members
     * shows a wrong one, so whoever relies on it counts or reads on.
     */
    long declaredBytes() {
        if (!gzipped()) {
            return storedBytes;
        }
        if (storedBytes < GZIP_FRAME_BYTES) {
            return -1;
        }
        byte[] trailer = new byte[4];
        try (var in = HadoopFileSystem.of(path, hadoop).open(path)) {
            in.readFully(storedBytes - 4, trailer);
        } catch (IOException e) {
            throw unreadable(e);
        }
        long bytes = 0;
        for (int i = 3; i >= 0; i--) {
            bytes = bytes << 8 | (trailer[i] & 0xFF);
        }
        return bytes <= storedBytes * MOST_BYTES_PER_COMPRESSED_BYTE ? bytes : -1;
    }

    /** The uncompressed length by inflating everything; of a truncated gzip stream, what can be had from it. */
    long countedBytes() {
        if (!gzipped()) {
            return storedBytes;
        }
        try (DataReader in = open()) {
            return in.countToEnd();
        }
    }

    /** Opens the file at its first byte. */
    DataReader open() {
        try {
            return DataReader.of(this, HadoopFileSystem.of(path, hadoop).open(path), storedBytes);
        } catch (EOFException | ZipException e) {
            throw broken("a gzip stream", "none: " + e.getMessage());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The label itself, if it is one of 0 until {@code classes}. */
    byte checkLabel(int label, int classes, int example) {
        if (label >= classes) {
            throw broken("labels 0.." + (classes - 1), "label " + label + " at example " + example);
        }
        return (byte) label;
    }

    /** The failure of a file that breaks its format. */
    DropwiseException broken(String expected, String found) {
        return DropwiseException.badData(
                path.getName() + ": expected " + expected + ", found " + found + " (" + path + "); " + remedy);
    }

    /** The failure of a file system that does not give the bytes. */
    DropwiseException unreadable(IOException cause) {
        return DropwiseException.io(
                path.getName() + ": cannot be read: " + cause.getMessage() + " (" + path
                        + "); check permissions and that every worker can reach it",
                cause);
    }
}
