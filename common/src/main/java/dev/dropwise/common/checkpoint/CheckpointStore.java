package dev.dropwise.common.checkpoint;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.common.storage.StorageFault;
import dev.dropwise.common.storage.WholeFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalInt;
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
 * written after it, its length and digest. A state without a valid manifest does not exist. {@code newest} names the newest, because
 * object stores may list files late. The last two are kept, and for each of them the best of its time, which its reader may want.
 * Rank 0 alone writes; not thread-safe.
 */
public final class CheckpointStore {
    private static final Pattern FILE = Pattern.compile("epoch-(\\d{5})\\.(manifest|state)");
    private static final String NEWEST_FILE = "newest";
    private static final Pattern NEWEST = Pattern.compile("dropwise-newest epoch=(\\d{1,9})\n");

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
            throw StorageFault.failure("create " + directory, e, "check that --out is writable");
        }
        new WholeFile(stateOf(epoch), hadoop).replace(bytes);
        new WholeFile(manifestOf(epoch), hadoop)
                .replace(Manifest.of(state.position(), bytes).text().getBytes(StandardCharsets.UTF_8));
        newestFile().replace(("dropwise-newest epoch=" + epoch + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            prune(state.position());
        } catch (DropwiseException e) {
            // The checkpoint is there; the next one will prune again.
            warnings.accept("old checkpoints could not be deleted: " + e.getMessage());
        }
    }

    /**
     * The newest checkpoint that is whole and at most {@code lastEpoch}; damaged ones are passed over with a warning.
     *
     * @throws DropwiseException (I/O) when the file system cannot be reached: a run must not start afresh over sound checkpoints
     */
    public Optional<TrainingState> newest(int lastEpoch) {
        return epochs().descendingSet().stream()
                .filter(epoch -> epoch <= lastEpoch)
                .flatMap(epoch -> whole(epoch).stream())
                .findFirst();
    }

    /** The checkpoint of one epoch, if it is there and whole; throws as {@link #newest}. */
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
            if (StorageFault.isOutOfReach(e)) {
                throw e;
            }
            warnings.accept("checkpoint of epoch " + epoch + " passed over: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Every epoch that may have a checkpoint, listed or not, whole or not; throws as {@link #newest}. */
    public NavigableSet<Integer> epochs() {
        NavigableSet<Integer> epochs = listed();
        named().ifPresent(newest -> {
            // The one before is kept as well.
            epochs.addAll(newest > 1 ? List.of(newest - 1, newest) : List.of(newest));
        });
        // A crash may have come between a manifest and the note that it is the newest.
        int next = epochs.isEmpty() ? 1 : epochs.last() + 1;
        while (new WholeFile(manifestOf(next), hadoop).read().isPresent()) {
            epochs.add(next++);
        }
        return epochs;
    }

    /** What the last completed write has noted. */
    private OptionalInt named() {
        Optional<byte[]> note = newestFile().read();
        if (note.isEmpty()) {
            return OptionalInt.empty();
        }
        Matcher matcher = NEWEST.matcher(new String(note.get(), StandardCharsets.UTF_8));
        if (!matcher.matches()) {
            warnings.accept(new Path(directory, NEWEST_FILE)
                    + " passed over: expected one line 'dropwise-newest epoch=N', found " + note.get().length
                    + " bytes of something else");
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(matcher.group(1)));
    }

    /** Epochs of which either file is there: what a crash left between the two is to be named, and one day deleted. */
    private NavigableSet<Integer> listed() {
        NavigableSet<Integer> epochs = new TreeSet<>();
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
            throw StorageFault.failure("list " + directory, e, "check that --out is readable");
        }
    }

    private void prune(Position position) {
        int newest = position.epoch();
        Set<Integer> kept = new TreeSet<>(List.of(newest, newest - 1, position.bestEpoch(), bestUntil(newest - 1)));
        for (int epoch : listed().headSet(newest)) {
            if (!kept.contains(epoch)) {
                // The manifest goes first: what it described must never be half there.
                delete(manifestOf(epoch));
                delete(stateOf(epoch));
            }
        }
    }

    /** The best epoch by the manifest of {@code epoch}: were the newest damaged, training would go on from there and may still need it. */
    private int bestUntil(int epoch) {
        Path manifest = manifestOf(epoch);
        try {
            return new WholeFile(manifest, hadoop)
                    .read()
                    .map(bytes -> Manifest.parse(manifest.toString(), bytes).best())
                    .orElse(0);
        } catch (DropwiseException e) {
            if (e.exitCode() == ExitCode.BAD_DATA) {
                return 0;
            }
            throw e;
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

    private WholeFile newestFile() {
        return new WholeFile(new Path(directory, NEWEST_FILE), hadoop);
    }

    private static String name(int epoch) {
        return String.format(Locale.ROOT, "epoch-%05d", epoch);
    }
}
