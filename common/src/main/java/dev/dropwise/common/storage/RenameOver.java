package dev.dropwise.common.storage;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** Renames a file over an existing one in a single step, which {@code FileSystem.rename} does not promise. */
final class RenameOver {
    private RenameOver() {}

    static void rename(Path from, Path to, Configuration hadoop) throws IOException {
        FileContext.getFileContext(to.toUri(), hadoop).rename(from, to, Options.Rename.OVERWRITE);
    }
}
