package dev.dropwise.driver.run;

import dev.dropwise.common.checkpoint.CheckpointStore;
import dev.dropwise.common.checkpoint.TrainingState;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.HadoopFileSystem;
import dev.dropwise.common.storage.StorageFault;
import dev.dropwise.common.storage.WholeFile;
import dev.dropwise.worker.progress.EpochReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of one run, {@code --out}; the driver writes it, except for {@code checkpoints/} and {@code model.zip}, which rank 0 writes. */
public final class RunDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);
    private static final String MODEL = "model.zip";

    private final Path root;
    private final Configuration hadoop;
    private final RunJson json = new RunJson();

    /**
     * @param out any Hadoop path; a relative one is taken from the working directory
     */
    public RunDirectory(String out, Configuration hadoop) {
        try {
            Path path = new Path(out);
            FileSystem fs = HadoopFileSystem.of(path, hadoop);
            this.root = fs.makeQualified(path);
        } catch (IOException | IllegalArgumentException e) {
            throw StorageFault.failure("run directory " + out, e, "check --out");
        }
        this.hadoop = hadoop;
    }

    /** Fully qualified, so that it means the same on every host. */
    public String path() {
        return root.toString();
    }

    /** Creates the directory and proves that it can be written. */
    public void create() {
        try {
            FileSystem fs = root.getFileSystem(hadoop);
            if (!fs.mkdirs(root)) {
                throw new IOException("mkdirs returned false");
            }
            // mkdirs is content with a directory that is there, writable or not.
            Path probe = new Path(root, ".writable");
            new WholeFile(probe, hadoop).replace(new byte[0]);
            fs.delete(probe, false);
        } catch (IOException e) {
            throw notCreated(e);
        } catch (DropwiseException e) {
            throw notCreated(e.getCause() == null ? e : e.getCause());
        }
    }

    /**
     * A directory that nobody had: {@code name} below {@code parent}, or that with {@code -2}, {@code -3}, ... behind it.
     *
     * @return its path, as given to {@code --out}
     */
    public static String fresh(String parent, String name, Configuration hadoop) {
        for (int i = 1; ; i++) {
            Path path = new Path(parent, i == 1 ? name : name + "-" + i);
            try {
                if (isCreated(HadoopFileSystem.of(path, hadoop), path)) {
                    return path.toString();
                }
            } catch (IOException e) {
                throw StorageFault.failure("run directory " + path + " cannot be created", e, "name one by --out");
            }
        }
    }

    private static boolean isCreated(FileSystem fs, Path path) throws IOException {
        FileSystem raw = fs instanceof LocalFileSystem checked ? checked.getRaw() : fs;
        if (raw instanceof RawLocalFileSystem local) {
            java.nio.file.Path directory = local.pathToFile(path).toPath();
            Files.createDirectories(directory.getParent());
            try {
                Files.createDirectory(directory);
                return true;
            } catch (FileAlreadyExistsException e) {
                return false;
            }
        }
        return !fs.exists(path) && fs.mkdirs(path);
    }

    /**
     * Takes the directory, which must exist, for this process alone.
     *
     * @throws DropwiseException (configuration) when a process that lives has it
     */
    public RunOwner claim() {
        return RunOwner.claim(root, hadoop);
    }

    private DropwiseException notCreated(Throwable cause) {
        return StorageFault.failure(
                "run directory " + root + " cannot be created",
                cause,
                "choose an --out that the driver and the executors may write");
    }

    /** {@code run.json} as it stands, if there is one. */
    public Optional<RunDocument> document() {
        return runJson().read().map(bytes -> json.document(new Path(root, "run.json").toString(), bytes));
    }

    /** Replaces {@code run.json}. */
    public void write(RunDocument document) {
        runJson().replace(json.document(document));
    }

    /** Lines of {@code metrics.jsonl}, oldest first; none when there is no file. */
    public List<EpochReport> metrics() {
        WholeFile file = new WholeFile(new Path(root, "metrics.jsonl"), hadoop);
        List<String> lines = file.read()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList())
                .orElse(List.of());
        List<EpochReport> reports = new ArrayList<>();
        for (String line : lines) {
            reports.add(json.metrics(new Path(root, "metrics.jsonl") + " line " + (reports.size() + 1), line));
        }
        return reports;
    }

    /** Replaces {@code metrics.jsonl}: object stores cannot append, and a line an epoch is small. */
    public void write(List<EpochReport> reports) {
        StringBuilder lines = new StringBuilder();
        reports.forEach(report -> lines.append(json.metrics(report)));
        new WholeFile(new Path(root, "metrics.jsonl"), hadoop)
                .replace(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces {@code report.html}, unless it is that already. */
    public void writeReport(String html) {
        byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
        WholeFile report = new WholeFile(new Path(root, "report.html"), hadoop);
        if (report.read().filter(present -> Arrays.equals(present, bytes)).isEmpty()) {
            report.replace(bytes);
        }
    }

    /** Replaces {@code trace.json}: what each rank did when, in the last attempt that told. */
    public void writeTrace(byte[] json) {
        new WholeFile(new Path(root, "trace.json"), hadoop).replace(json);
    }

    /** Whether there is no run in it, begun or done. */
    public boolean isEmpty() {
        return document().isEmpty() && !hasCheckpoints();
    }

    /** Whether a run has left checkpoints, even if its {@code run.json} is gone. */
    public boolean hasCheckpoints() {
        return has("checkpoints");
    }

    /** Whether a run has left its model. */
    public boolean hasModel() {
        return has(MODEL);
    }

    private boolean has(String name) {
        Path path = new Path(root, name);
        try {
            return root.getFileSystem(hadoop).exists(path);
        } catch (IOException e) {
            throw StorageFault.failure("look for " + path, e, "check --out");
        }
    }

    /** The state that a resumed run starts from, if there is one. */
    public Optional<TrainingState> newestCheckpoint() {
        // Rank 0 reads them again in a moment, and tells a person of each that it passes over.
        return new CheckpointStore(
                        new Path(root, "checkpoints"), hadoop, text -> LOG.debug("event=checkpoint: {}", text))
                .newest(Integer.MAX_VALUE);
    }

    /** Where rank 0 leaves the model. */
    public String modelPath() {
        return new Path(root, MODEL).toString();
    }

    private WholeFile runJson() {
        return new WholeFile(new Path(root, "run.json"), hadoop);
    }
}
