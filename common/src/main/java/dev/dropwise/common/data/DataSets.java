package dev.dropwise.common.data;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The data sets that {@code --data} can name. */
public final class DataSets {
    /** The embedded set, see {@link dev.dropwise.common.data.digits.DigitPainter}. */
    public static final String DIGITS = "digits";
    /** MNIST in its four IDX files. */
    public static final String MNIST = "mnist";
    /** CIFAR-10 in its six binary batches. */
    public static final String CIFAR10 = "cifar10";
    /** The environment variable that names a directory with one sub-directory per data set. */
    public static final String DATA_VARIABLE = "DROPWISE_DATA";

    private static final ImageShape MNIST_SHAPE = new ImageShape(1, 28, 28);

    private DataSets() {}

    /**
     * Where the files of {@code config} are: its directory if it has one, the path itself if the name is one, otherwise
     * {@code $DROPWISE_DATA/NAME}; empty for the embedded set. To be resolved once, where the user's environment is.
     *
     * @throws DropwiseException (bad data) when nothing tells where a published set is
     */
    public static String directoryOf(DataConfig config, Map<String, String> environment) {
        if (config.name().equals(DIGITS)) {
            return "";
        }
        if (!config.directory().isBlank()) {
            return config.directory();
        }
        if (!published(config.name())) {
            return config.name();
        }
        String root = environment.getOrDefault(DATA_VARIABLE, "");
        if (root.isBlank()) {
            throw DropwiseException.badData(
                    config.name() + ": expected a directory with its files, found neither --data-dir"
                            + " nor $" + DATA_VARIABLE + "; give --data-dir DIR, or set " + DATA_VARIABLE + " so that $"
                            + DATA_VARIABLE
                            + "/" + config.name() + " holds them, or " + fetching(config.name(), "DIR"));
        }
        return root + (root.endsWith("/") ? "" : "/") + config.name();
    }

    /**
     * Opens the data set and checks what is cheap to check: that every file is there, magic numbers, dimensions, equal counts
     * of images and labels, lengths. A set named by a path is recognised by its file names as MNIST-format (IDX) or
     * CIFAR-10-format.
     *
     * @param config its directory, or else its name, is where to look; see {@link #directoryOf}
     * @throws DropwiseException (bad data) when files are missing or broken, (I/O) when they cannot be read
     */
    public static ImageSource open(DataConfig config, Configuration hadoop) {
        String name = config.name();
        if (name.equals(DIGITS)) {
            return new DigitsSource();
        }
        if (config.directory().isBlank() && published(name)) {
            throw DropwiseException.badData(name
                    + ": expected the directory of its files, found none; give --data-dir DIR or set " + DATA_VARIABLE);
        }
        String directory = config.directory().isBlank() ? name : config.directory();
        String remedy =
                published(name) ? fetching(name, directory) : "put the whole files there, under their published names";
        List<DataDirectory> looked = new ArrayList<>();
        for (Path candidate : candidates(name, directory)) {
            DataDirectory found = DataDirectory.of(candidate, hadoop, remedy);
            looked.add(found);
            if (!name.equals(CIFAR10) && found.holdsAny(IdxSource.NAMES)) {
                IdxSource source = IdxSource.open(name, found);
                return name.equals(MNIST) ? source.withShape(MNIST_SHAPE) : source;
            }
            if (!name.equals(MNIST) && found.holdsAny(CifarSource.NAMES)) {
                return CifarSource.open(name, found);
            }
        }
        throw nothingFound(name, looked, remedy);
    }

    private static boolean published(String name) {
        return name.equals(MNIST) || name.equals(CIFAR10);
    }

    private static String fetching(String name, String directory) {
        return "run `dropwise data fetch " + name + " --data-dir " + directory + "`";
    }

    private static Set<Path> candidates(String name, String directory) {
        Set<Path> candidates = new LinkedHashSet<>();
        Path root = path(name, directory);
        List<Path> places = published(name) ? List.of(root, new Path(root, name)) : List.of(root);
        for (Path place : places) {
            candidates.add(place);
            if (!name.equals(MNIST)) {
                candidates.add(new Path(place, CifarSource.PUBLISHED_DIRECTORY));
            }
        }
        return candidates;
    }

    private static Path path(String name, String directory) {
        try {
            return new Path(directory);
        } catch (IllegalArgumentException e) {
            throw DropwiseException.badData("data '" + name + "': expected a path of a directory, found '" + directory
                    + "' (" + e.getMessage() + "); name one of " + List.of(DIGITS, MNIST, CIFAR10) + " or a path");
        }
    }

    private static DropwiseException nothingFound(String name, List<DataDirectory> looked, String remedy) {
        List<String> wanted = new ArrayList<>();
        if (!name.equals(CIFAR10)) {
            wanted.add("MNIST-format " + IdxSource.NAMES);
        }
        if (!name.equals(MNIST)) {
            wanted.add("CIFAR-10-format " + CifarSource.NAMES);
        }
        String hint = published(name)
                ? remedy + ", or give another --data-dir, or set " + DATA_VARIABLE
                : remedy + ", or name one of " + List.of(DIGITS, MNIST, CIFAR10);
        return DropwiseException.badData(name + ": expected the files " + String.join(" or ", wanted)
                + ", plain or with .gz, found none of them in " + looked + "; " + hint);
    }
}
