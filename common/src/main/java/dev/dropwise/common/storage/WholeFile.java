package dev.dropwise.common.storage;

import dev.dropwise.common.failure.DropwiseException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Reads and replaces whole files. A replacement is written beside its target, forced to disk and renamed over it; object
 * stores, whose uploads appear at once on close and which have no atomic rename, are written in place.
 */
public final class WholeFile {
    private final Path path;
    private final Configuration hadoop;

    public WholeFile(Path path, Configuration hadoop) {
        this.path = path;
        this.hadoop = hadoop;
    }

    /** The content, or nothing when the file does not exist. */
    public Optional<byte[]> read() {
        try (var in = fileSystem().open(path)) {
            return Optional.of(in.readAllBytes());
        } catch (FileNotFoundException e) {
            // A local file without read permission is "not found" too; taken for absent, a run would start afresh over
            // it.
            if (exists()) {
                throw unreadable(e);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private boolean exists() {
        try {
            return fileSystem().exists(path);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private DropwiseException unreadable(IOException e) {
        return DropwiseException.io(
                "read " + path + ": " + e.getMessage() + "; check that it is a file and readable", e);
    }

    /** Replaces the content; a crash at any moment leaves the old content or the new, never a part. */
    public void replace(byte[] content) {
        try {
            FileSystem fs = fileSystem();
            if (fs instanceof RawLocalFileSystem local) {
                LocalFile.replace(local.pathToFile(path).toPath(), content);
                return;
            }
            if (!renamesAtomically(fs)) {
                write(fs, path, content);
                return;
            }
            Path beside = new Path(path.getParent(), "." + path.getName() + ".new");
            write(fs, beside, content);
            RenameOver.rename(beside, path, hadoop);
        } catch (IOException | UncheckedIOException e) {
            throw DropwiseException.io(
                    "write " + path + " (" + content.length + " bytes): " + e.getMessage()
                            + "; check that the directory exists, is writable and has room",
                    e);
        }
    }

    private FileSystem fileSystem() throws IOException {
        FileSystem fs = path.getFileSystem(hadoop);
        // Hadoop keeps checksums of a local file in a second one. Two files cannot be replaced at once: a reader, or a
        // crash, between the two renames finds new content under an old checksum, which is refused as corrupt.
        return fs instanceof LocalFileSystem checked ? checked.getRaw() : fs;
    }

    private static boolean renamesAtomically(FileSystem fs) {
        String scheme = fs.getUri().getScheme();
        return scheme.equals("hdfs") || scheme.equals("viewfs");
    }

    private static void write(FileSystem fs, Path target, byte[] content) throws IOException {
        try (FSDataOutputStream out = fs.create(target, true)) {
            out.write(content);
            out.hsync();
        }
    }
}
