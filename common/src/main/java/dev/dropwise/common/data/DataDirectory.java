package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.HadoopFileSystem;
import dev.dropwise.common.storage.StorageFault;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** The files of one directory, found by their published names, plain or with {@code .gz}. */
final class DataDirectory {
    private final Path path;
    private final Map<String, FileStatus> entries;
    private final Configuration hadoop;
    private final String remedy;

    private DataDirectory(Path path, Map<String, FileStatus> entries, Configuration hadoop, String remedy) {
        this.path = path;
        this.entries = entries;
        this.hadoop = hadoop;
        this.remedy = remedy;
    }

    /**
     * Lists {@code path}; a directory that is not there has no files.
     *
     * @param remedy what to do about a broken or missing file
     */
    static DataDirectory of(Path path, Configuration hadoop, String remedy) {
        Map<String, FileStatus> entries = new HashMap<>();
        try {
            for (FileStatus each : HadoopFileSystem.of(path, hadoop).listStatus(path)) {
                if (each.isFile()) {
                    entries.put(each.getPath().getName(), each);
                }
            }
        } catch (FileNotFoundException e) {
            return new DataDirectory(path, Map.of(), hadoop, remedy);
        } catch (IOException e) {
            throw StorageFault.failure(path + ": cannot be listed", e, "check the path, its scheme and permissions");
        }
        return new DataDirectory(path, entries, hadoop, remedy);
    }

    Path path() {
        return path;
    }

    boolean holdsAny(List<String> names) {
        return names.stream().anyMatch(name -> entries.containsKey(name) || entries.containsKey(name + ".gz"));
    }

    /**
     * The files of {@code names}, in that order; where both are there, plain wins, because it can be seeked.
     *
     * @throws DropwiseException (bad data) that lists every missing file
     */
    List<DataFile> files(List<String> names) {
        List<DataFile> files = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            FileStatus status = entries.getOrDefault(name, entries.get(name + ".gz"));
            if (status == null) {
                missing.add(name + "[.gz]");
            } else {
                files.add(new DataFile(name, status, hadoop, "delete it and " + remedy));
            }
        }
        if (!missing.isEmpty()) {
            throw DropwiseException.badData(path + ": expected the files " + names + ", plain or with .gz, found no "
                    + String.join(", ", missing) + "; " + remedy);
        }
        return files;
    }

    @Override
    public String toString() {
        Object[] names = entries.keySet().stream().sorted().limit(10).toArray();
        return path + (names.length == 0 ? " (not there or empty)" : " (holds " + Arrays.toString(names) + ")");
    }
}
