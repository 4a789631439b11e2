package dev.dropwise.common.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Opens the file system of a path. */
public final class HadoopFileSystem {
    private HadoopFileSystem() {}

    /**
     * The file system that serves {@code path}.
     *
     * @throws UnsupportedFileSystemException when its scheme is unknown, and also when it is known and its classes are not there, of
     *     which Hadoop makes an unchecked exception
     */
    public static FileSystem of(Path path, Configuration hadoop) throws IOException {
        try {
            return path.getFileSystem(hadoop);
        } catch (RuntimeException e) {
            if (e.getCause() instanceof ClassNotFoundException absent) {
                throw unsupported(path, absent);
            }
            throw e;
        } catch (NoClassDefFoundError e) {
            throw unsupported(path, e);
        }
    }

    private static IOException unsupported(Path path, Throwable absent) {
        IOException unsupported = new UnsupportedFileSystemException(
                "for scheme \"" + path.toUri().getScheme() + "\": " + absent.getMessage());
        unsupported.addSuppressed(absent);
        return unsupported;
    }
}
