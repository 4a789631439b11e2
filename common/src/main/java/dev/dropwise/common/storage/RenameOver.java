package dev.dropwise.common.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Renames a file over an existing one in a single step, which {@code FileSystem.rename} does not promise. */
final class RenameOver {
    private RenameOver() {}

    static void rename(Path from, Path to, Configuration hadoop) throws IOException {
        FileContext.getFileContext(to.toUri(), hadoop).rename(from, to, Options.Rename.OVERWRITE);
    }

    /** Hadoop's own rename of local files deletes the target first. */
    static void renameLocal(Path from, Path to, RawLocalFileSystem local) throws IOException {
        Files.move(local.pathToFile(from).toPath(), local.pathToFile(to).toPath(), StandardCopyOption.ATOMIC_MOVE);
    }
}
