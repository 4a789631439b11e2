package dev.dropwise.worker.diagnosis;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.HadoopFileSystem;
import dev.dropwise.common.storage.StorageFault;
import dev.dropwise.common.storage.WholeFile;
import dev.dropwise.worker.membership.SharedMemoryToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that the driver leaves where a run directory would be, for executors to find: who does not see it would write somewhere else.
 *
 * @param directory the nearest one to the run directory that is there, fully qualified
 * @param name of the file in it
 * @param content random text
 */
public record OutputMark(String directory, String name, String content) {
    private static final String PREFIX = ".dropwise-doctor-";
    private static final String CHOOSE_ANOTHER = "choose an --out that the driver and the executors may write";

    /**
     * Writes a mark; creates no directory.
     *
     * @param out the run directory, there or not
     * @throws DropwiseException (I/O) when it cannot be written
     */
    public static OutputMark leave(String out, Configuration hadoop) {
        String where = out;
        String at = out;
        try {
            Path path = new Path(out);
            FileSystem fs = HadoopFileSystem.of(path, hadoop);
            Path wanted = fs.makeQualified(path);
            where = wanted.toString();
            at = where;
            Path directory = nearest(fs, wanted);
            at = directory.toString();
            if (fs.exists(directory) && !fs.getFileStatus(directory).isDirectory()) {
                throw refused(where, at, "a file", CHOOSE_ANOTHER, null);
            }
            OutputMark mark =
                    new OutputMark(at, PREFIX + SharedMemoryToken.randomText(), SharedMemoryToken.randomText());
            mark.file(hadoop).replace(mark.content.getBytes(StandardCharsets.UTF_8));
            return mark;
        } catch (IOException | IllegalArgumentException e) {
            throw refused(where, at, e);
        } catch (DropwiseException e) {
            throw e.getCause() == null ? e : refused(where, at, e);
        }
    }

    private static Path nearest(FileSystem fs, Path wanted) throws IOException {
        Path directory = wanted;
        while (directory.getParent() != null && !fs.exists(directory)) {
            directory = directory.getParent();
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
        Optional<byte[]> seen = seen(hadoop);
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
            throw refused(directory, directory, e);
        }
        return directory;
    }

    private Optional<byte[]> seen(Configuration hadoop) {
        try {
            return file(hadoop).read();
        } catch (DropwiseException e) {
            throw DropwiseException.io(
                    directory + ": expected to read there what the driver has just written, found "
                            + StorageFault.found(e) + "; " + StorageFault.remedy(e, CHOOSE_ANOTHER),
                    e);
        }
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

    private static DropwiseException refused(String where, String at, Exception e) {
        return refused(where, at, StorageFault.found(e), StorageFault.remedy(e, CHOOSE_ANOTHER), e);
    }

    /**
     * @param where the run directory would be
     * @param at the nearest directory to it, as far as it is known
     */
    private static DropwiseException refused(
            String where, String at, String found, String remedy, @Nullable Exception cause) {
        return DropwiseException.io(
                where + ": expected a directory that can be written" + (at.equals(where) ? "" : " at " + at)
                        + ", found " + found + "; " + remedy,
                cause);
    }
}
