package dev.dropwise.common.checkpoint;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of a run, one per completed epoch: {@code epoch-00003.state} holds the state and {@code epoch-00003.manifest},
 * written after it, its length and digest. A state without a valid manifest does not exist. The last two and the best are kept.
 * Rank 0 alone writes; not thread-safe.
 */
public final class CheckpointStore {
    private static final Pattern FILE = Pattern.compile("epoch-(\\d{5})\\.(manifest|state)");
    private static final int KEPT = 2;

    private final Path directory;
    private final Configuration hadoop;
    private final Consumer<String> warnings;

    /**
     * @param directory {@code checkpoints/} of a run directory; created on the first write
     * @param warnings told of each checkpoint that is passed over, and why
     */
    public CheckpointStore(Path directory, Configuration hadoop, Consumer<String> warnings) {
        this.directory = directory;
        this.hadoop = hadoop;
        this.warnings = warnings;
    }

    /** Writes the state of a completed epoch, manifest last, and deletes what is no longer kept. */
    public void write(TrainingState state) {
        byte[] bytes = CheckpointFormat.write(state);
        int epoch = state.position().epoch();
        try {
            directory.getFileSystem(hadoop).mkdirs(directory);
        } catch (IOException e) {
            throw DropwiseException.io(
                    "create " + directory + ": " + e.getMessage() + "; check that --out is writable", e);
        }
        new WholeFile(stateOf(epoch), hadoop).replace(bytes);
        new WholeFile(manifestOf(epoch), hadoop)
                .replace(Manifest.of(epoch, bytes).text().getBytes(StandardCharsets.UTF_8));
        prune(epoch, state.position().bestEpoch());
    }

    /** The newest checkpoint that is whole and at most {@code lastEpoch}; damaged ones are passed over with a warning. */
    public Optional<TrainingState> newest(int lastEpoch) {
        return epochs().stream()
                .filter(epoch -> epoch <= lastEpoch)
                .sorted(Comparator.reverseOrder())
                .flatMap(epoch -> whole(epoch).stream())
                .findFirst();
    }

    /** The checkpoint of one epoch, if it is there and whole. */
    public Optional<TrainingState> whole(int epoch) {
        try {
            byte[] manifest = new WholeFile(manifestOf(epoch), hadoop)
                    .read()
                    .orElseThrow(() -> DropwiseException.badData("checkpoint manifest " + manifestOf(epoch)
                            + " is missing: the run ended while it wrote the checkpoint"));
            byte[] bytes = new WholeFile(stateOf(epoch), hadoop)
                    .read()
                    .orElseThrow(() -> DropwiseException.badData("checkpoint " + stateOf(epoch) + " is missing"));
            Manifest.parse(manifestOf(epoch).toString(), manifest)
                    .check(epoch, bytes, stateOf(epoch).toString());
            return Optional.of(CheckpointFormat.read(stateOf(epoch).toString(), bytes));
        } catch (DropwiseException e) {
            warnings.accept("checkpoint of epoch " + epoch + " passed over: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Epochs of which either file is there: what a crash left between the two is to be named, and one day deleted. */
    private Set<Integer> epochs() {
        Set<Integer> epochs = new TreeSet<>();
        for (FileStatus file : files()) {
            Matcher matcher = FILE.matcher(file.getPath().getName());
            if (matcher.matches()) {
                epochs.add(Integer.parseInt(matcher.group(1)));
            }
        }
        return epochs;
    }

    private List<FileStatus> files() {
        try {
            return Arrays.asList(directory.getFileSystem(hadoop).listStatus(directory));
        } catch (FileNotFoundException e) {
            return List.of();
        } catch (IOException e) {
            throw DropwiseException.io(
                    "list " + directory + ": " + e.getMessage() + "; check that --out is readable", e);
        }
    }

    private void prune(int newest, int best) {
        List<Integer> kept = epochs().stream()
                .filter(epoch -> epoch <= newest)
                .sorted(Comparator.reverseOrder())
                .limit(KEPT)
                .toList();
        for (int epoch : epochs()) {
            if (!kept.contains(epoch) && epoch != best && epoch <= newest) {
                // The manifest goes first: what it described must never be half there.
                delete(manifestOf(epoch));
                delete(stateOf(epoch));
            }
        }
    }

    private void delete(Path path) {
        try {
            FileSystem fs = path.getFileSystem(hadoop);
            if (!fs.delete(path, false) && fs.exists(path)) {
                warnings.accept("checkpoint " + path + " could not be deleted; it is no longer needed");
            }
        } catch (IOException e) {
            warnings.accept("checkpoint " + path + " could not be deleted: " + e.getMessage());
        }
    }

    private Path stateOf(int epoch) {
        return new Path(directory, name(epoch) + ".state");
    }

    private Path manifestOf(int epoch) {
        return new Path(directory, name(epoch) + ".manifest");
    }

    private static String name(int epoch) {
        return String.format(Locale.ROOT, "epoch-%05d", epoch);
    }
}
