package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.WholeFile;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that the driver leaves where a run directory would be, for executors to find: who does not see it would write somewhere else.
 *
 * @param directory the nearest one to the run directory that is there, fully qualified
 * @param name of the file in it
 * @param content random text
 */
public record OutputMark(String directory, String name, String content) {
    private static final String PREFIX = ".dropwise-doctor-";

    /**
     * Writes a mark; creates no directory.
     *
     * @param out the run directory, there or not
     * @throws DropwiseException (I/O) when it cannot be written
     */
    public static OutputMark leave(String out, Configuration hadoop) {
        try {
            Path path = new Path(out);
            FileSystem fs = path.getFileSystem(hadoop);
            Path directory = nearest(fs, fs.makeQualified(path));
            OutputMark mark = new OutputMark(
                    directory.toString(), PREFIX + SharedMemoryToken.randomText(), SharedMemoryToken.randomText());
            mark.file(hadoop).replace(mark.content.getBytes(StandardCharsets.UTF_8));
            return mark;
        } catch (IOException | IllegalArgumentException | DropwiseException e) {
            throw refused(out, e);
        }
    }

    private static Path nearest(FileSystem fs, Path wanted) throws IOException {
        Path directory = wanted;
        while (directory.getParent() != null && !fs.exists(directory)) {
            directory = directory.getParent();
        }
        if (fs.exists(directory) && !fs.getFileStatus(directory).isDirectory()) {
            throw new IOException(directory + " is a file");
        }
        return directory;
    }

    /**
     * Looks for the mark, then writes and deletes another file beside it, as rank 0 would.
     *
     * @return the directory
     * @throws DropwiseException (I/O) when the mark is not there, or nothing can be written
     */
    String check(Configuration hadoop) {
        Optional<byte[]> seen = file(hadoop).read();
        if (seen.isEmpty() || !Arrays.equals(seen.get(), content.getBytes(StandardCharsets.UTF_8))) {
            throw DropwiseException.io(
                    "what the driver has just written to " + directory
                            + " is not there: this host's directory is another one;"
                            + " choose an --out that driver and executors share, such as hdfs://, s3a:// or a network mount",
                    null);
        }
        try {
            OutputMark own = new OutputMark(directory, PREFIX + SharedMemoryToken.randomText(), content);
            own.file(hadoop).replace(content.getBytes(StandardCharsets.UTF_8));
            own.remove(hadoop);
        } catch (DropwiseException e) {
            throw refused(directory, e);
        }
        return directory;
    }

    /** Deletes the file; again does nothing. */
    public void remove(Configuration hadoop) {
        Path path = new Path(directory, name);
        try {
            path.getFileSystem(hadoop).delete(path, false);
        } catch (IOException e) {
            throw DropwiseException.io(path + " cannot be deleted: " + e.getMessage() + "; delete it by hand", e);
        }
    }

    private WholeFile file(Configuration hadoop) {
        return new WholeFile(new Path(directory, name), hadoop);
    }

    private static DropwiseException refused(String where, Exception e) {
        return DropwiseException.io(
                where + " cannot be written: " + e.getMessage()
                        + "; choose an --out that the driver and the executors may write",
                e);
    }
}
