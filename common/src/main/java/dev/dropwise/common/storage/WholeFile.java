package dev.dropwise.common.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.StreamCapabilities;

/**
 * Reads and replaces whole files. A replacement is written beside its target, forced to disk and renamed over it; object
 * stores, whose uploads appear at once on close and which have no atomic rename, are written in place.
 */
public final class WholeFile {
    private static final int MOST_READINGS = 5;

    private final Path path;
    private final Configuration hadoop;

    public WholeFile(Path path, Configuration hadoop) {
        this.path = path;
        this.hadoop = hadoop;
    }

    /**
     * The content, or nothing when the file does not exist. HDFS takes the blocks of a file away as soon as it is replaced, also from
     * who reads them: what was replaced meanwhile is read again, a few times.
     */
    public Optional<byte[]> read() {
        try {
            FileSystem fs = fileSystem();
            for (int readings = 1; ; readings++) {
                Optional<FileStatus> found = status(fs);
                if (found.isEmpty()) {
                    return Optional.empty();
                }
                // A local file without read permission is "not found" when opened; taken for absent, a run would start
                // afresh over it.
                try (var in = fs.open(path)) {
                    return Optional.of(in.readAllBytes());
                } catch (IOException e) {
                    if (readings == MOST_READINGS || !isReplaced(found.get(), fs, e)) {
                        throw e;
                    }
                }
            }
        } catch (IOException e) {
            throw StorageFault.failure("read " + path, e, "check that it is a file and readable");
        }
    }

    private Optional<FileStatus> status(FileSystem fs) throws IOException {
        try {
            return Optional.of(fs.getFileStatus(path));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    private boolean isReplaced(FileStatus then, FileSystem fs, IOException failure) throws IOException {
        if (StorageFault.isUnreachable(failure)) {
            return false;
        }
        return status(fs).filter(now -> isSame(then, now)).isEmpty();
    }

    private static boolean isSame(FileStatus then, FileStatus now) {
        return now.getModificationTime() == then.getModificationTime() && now.getLen() == then.getLen();
    }

    /** Replaces the content; a crash at any moment leaves the old content or the new, never a part. */
    public void replace(byte[] content) {
        try {
            FileSystem fs = fileSystem();
            if (fs instanceof RawLocalFileSystem local) {
                LocalFile.replace(local.pathToFile(path).toPath(), content);
                return;
            }
            if (renamesAtomically(fs)) {
                replaceByRename(fs, content);
            } else {
                upload(fs, content);
            }
        } catch (IOException | UncheckedIOException e) {
            throw StorageFault.failure(
                    "write " + path + " (" + content.length + " bytes" + room(e) + ")",
                    e,
                    "check that the directory exists, is writable and has room");
        }
    }

    private String room(Exception failure) {
        if (!StorageFault.isFull(failure)) {
            return "";
        }
        try {
            return ", " + fileSystem().getStatus(path.getParent()).getRemaining() + " bytes free";
        } catch (IOException e) {
            failure.addSuppressed(e);
            return "";
        }
    }

    private FileSystem fileSystem() throws IOException {
        FileSystem fs = HadoopFileSystem.of(path, hadoop);
        // Hadoop keeps checksums of a local file in a second one. Two files cannot be replaced at once: a reader, or a
        // crash, between the two renames finds new content under an old checksum, which is refused as corrupt.
        return fs instanceof LocalFileSystem checked ? checked.getRaw() : fs;
    }

    private static boolean renamesAtomically(FileSystem fs) {
        String scheme = fs.getUri().getScheme();
        return scheme.equals("hdfs") || scheme.equals("viewfs");
    }

    private void replaceByRename(FileSystem fs, byte[] content) throws IOException {
        Path beside = new Path(path.getParent(), "." + path.getName() + ".new");
        try {
            try (FSDataOutputStream out = fs.create(beside, true)) {
                out.write(content);
                out.hsync();
            }
            RenameOver.rename(beside, path, hadoop);
        } catch (IOException e) {
            discard(fs, beside, e);
            throw e;
        }
    }

    private static void discard(FileSystem fs, Path beside, IOException failure) {
        // Who cannot be reached would be asked in vain for as long again.
        if (StorageFault.isUnreachable(failure)) {
            return;
        }
        try {
            fs.delete(beside, false);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Closing an upload publishes it: what could not be written whole is given up, and not closed where a store cannot do that. */
    private void upload(FileSystem fs, byte[] content) throws IOException {
        FSDataOutputStream out = fs.create(path, true);
        try {
            out.write(content);
        } catch (IOException | RuntimeException e) {
            if (out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
                out.abort();
            }
            throw e;
        }
        out.close();
    }
}
