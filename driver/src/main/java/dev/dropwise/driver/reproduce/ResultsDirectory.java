package dev.dropwise.driver.reproduce;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.StorageFault;
import dev.dropwise.common.storage.WholeFile;
import dev.dropwise.driver.run.RunDirectory;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where an experiment leaves what it finds, {@code --out}. */
final class ResultsDirectory {
    /** The figures; where they are, an experiment was done. */
    static final String RESULTS = "results.json";

    private final Path root;
    private final Configuration hadoop;

    /**
     * @param out any Hadoop path; a relative one is taken from the working directory
     */
    ResultsDirectory(String out, Configuration hadoop) {
        this.root = new Path(new RunDirectory(out, hadoop).path());
        this.hadoop = hadoop;
    }

    /**
     * Creates the directory and proves that it can be written.
     *
     * @param resume whether trainings of an experiment without results may be there
     * @throws DropwiseException (configuration) when there are results in it already, or trainings that shall not be gone on with
     */
    void claim(boolean resume) {
        new RunDirectory(root.toString(), hadoop).create();
        if (exists(results())) {
            throw DropwiseException.configuration("directory " + root
                    + " holds an experiment that is done: its figures are in " + RESULTS
                    + "; choose another --out, or remove it");
        }
        if (!resume && exists(runs())) {
            throw DropwiseException.configuration("directory " + root
                    + " holds an experiment that was not finished; go on with it by --resume, or choose another --out");
        }
    }

    private boolean exists(Path path) {
        try {
            return path.getFileSystem(hadoop).exists(path);
        } catch (IOException e) {
            throw StorageFault.failure("look for " + path, e, "check --out");
        }
    }

    private Path results() {
        return new Path(root, RESULTS);
    }

    private Path runs() {
        return new Path(root, "runs");
    }

    /** Replaces the file of that name. */
    void write(String name, byte[] content) {
        new WholeFile(new Path(root, name), hadoop).replace(content);
    }

    /** Where the file of that name is. */
    String file(String name) {
        return new Path(root, name).toString();
    }

    /** The run directory of one training. */
    String run(String name) {
        return new Path(runs(), name).toString();
    }

    /** Removes the checkpoints of a training that is done: of many runs they would be gigabytes, and nobody resumes them. */
    void removeCheckpoints(String name) {
        Path checkpoints = new Path(run(name), "checkpoints");
        try {
            FileSystem fs = checkpoints.getFileSystem(hadoop);
            fs.delete(checkpoints, true);
        } catch (IOException e) {
            throw StorageFault.failure("remove " + checkpoints, e, "check --out");
        }
    }
}
