package dev.dropwise.common.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.Syncable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * {@code store://NAME/...}: an object store in memory at its worst. There is no rename and no append; an object appears whole when its
 * upload is closed, also when that is but a part; listings lag behind. Before each numbered operation a fault may strike.
 * {@code fs.store.lag} says by how many changes, unless a test does. Hadoop's own cache hands the same store to all who ask for its name.
 */
public final class ObjectStore extends FileSystem {
    private final Map<String, byte[]> objects = new TreeMap<>();
    /** What a listing showed after each change. */
    private final List<Map<String, Integer>> history = new ArrayList<>(List.of(Map.of()));

    private final List<String> operations = new ArrayList<>();
    private URI uri = URI.create("store://none");
    private IntFunction<Optional<Fault>> faults = operation -> Optional.empty();
    private boolean dead;
    private int lag;
    private int replacements;

    /** What can happen instead of an operation. */
    public enum Fault {
        /** The process is no more: neither this operation nor any later one happens. */
        CRASH,
        /** The store refuses once; of a write half is done. */
        REFUSAL,
        /** Nobody answers, once. */
        SILENCE
    }

    /** The end of a process: nothing catches it, and whatever runs on the way out has no effect. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        private Crash(String operation) {
            super("crashed before " + operation);
        }
    }

    /** A configuration that knows the scheme. */
    public static Configuration configuration() {
        Configuration hadoop = new Configuration();
        hadoop.setClass("fs.store.impl", ObjectStore.class, FileSystem.class);
        return hadoop;
    }

    /** The store of {@code directory}; close it when done. */
    public static ObjectStore of(Path directory, Configuration hadoop) throws IOException {
        return (ObjectStore) directory.getFileSystem(hadoop);
    }

    @Override
    public void initialize(URI name, Configuration hadoop) throws IOException {
        super.initialize(name, hadoop);
        lag = hadoop.getInt("fs.store.lag", 0);
        uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    }

    /** Lets {@code fault} strike before the operation of that number, counted from 0 from here on. */
    public void strike(int number, Fault fault) {
        operations.clear();
        faults = operation -> operation == number ? Optional.of(fault) : Optional.empty();
    }

    /** Another process takes over, without faults; listings are {@code changes} behind. */
    public void restart(int changes) {
        dead = false;
        lag = changes;
        faults = operation -> Optional.empty();
        operations.clear();
    }

    /** So many of the next readings fail since somebody replaces the object, by one that is a byte longer, before they are done. */
    public void replaceWhileRead(int times) {
        replacements = times;
    }

    /** What was done, or tried, since the last strike or restart. */
    public List<String> operations() {
        return List.copyOf(operations);
    }

    /** Every object by its path, as it really is. */
    public Map<String, byte[]> objects() {
        return new TreeMap<>(objects);
    }

    private Optional<Fault> before(String operation) {
        if (dead) {
            throw new Crash(operation);
        }
        Optional<Fault> fault = faults.apply(operations.size());
        operations.add(operation);
        if (fault.filter(Fault.CRASH::equals).isPresent()) {
            dead = true;
            throw new Crash(operation);
        }
        return fault;
    }

    private void orRefuse(String operation) throws IOException {
        Optional<Fault> fault = before(operation);
        if (fault.isPresent()) {
            throw failure(fault.get(), operation);
        }
    }

    private static IOException failure(Fault fault, String operation) {
        return fault == Fault.SILENCE
                ? new SocketTimeoutException("no answer to " + operation)
                : new IOException("injected refusal of " + operation);
    }

    private String key(Path path) {
        return makeQualified(path).toUri().getPath();
    }

    private void changed() {
        Map<String, Integer> now = new TreeMap<>();
        objects.forEach((key, bytes) -> now.put(key, bytes.length));
        history.add(now);
    }

    @Override
    public URI getUri() {
        return uri;
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferBytes,
            short replication,
            long blockBytes,
            Progressable progress)
            throws IOException {
        orRefuse("create " + path.getName());
        return new FSDataOutputStream(new Upload(key(path)), null);
    }

    /** Collects in memory, publishes on close. */
    private final class Upload extends OutputStream implements Abortable, StreamCapabilities, Syncable {
        private final String key;
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private boolean done;

        Upload(String key) {
            this.key = key;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            Optional<Fault> fault = before("write " + key);
            sent.write(bytes, from, fault.isPresent() ? length / 2 : length);
            if (fault.isPresent()) {
                throw failure(fault.get(), "write " + key);
            }
        }

        @Override
        public void close() throws IOException {
            if (!done) {
                orRefuse("close " + key);
                done = true;
                objects.put(key, sent.toByteArray());
                changed();
            }
        }

        @Override
        public AbortableResult abort() {
            boolean was = done;
            done = true;
            return new AbortableResult() {
                @Override
                public boolean alreadyClosed() {
                    return was;
                }

                @Override
                public @Nullable IOException anyCleanupException() {
                    return null;
                }
            };
        }

        @Override
        public boolean hasCapability(String capability) {
            return capability.equals(StreamCapabilities.ABORTABLE_STREAM);
        }

        @Override
        public void hflush() {
            throw new UnsupportedOperationException("an upload is not there before it is closed");
        }

        @Override
        public void hsync() {
            throw new UnsupportedOperationException("an upload is not there before it is closed");
        }
    }

    @Override
    public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
        orRefuse("open " + path.getName());
        byte[] object = objects.get(key(path));
        if (object == null) {
            throw new FileNotFoundException(path + " does not exist");
        }
        if (replacements > 0) {
            replacements--;
            objects.put(key(path), Arrays.copyOf(object, object.length + 1));
            changed();
            throw new IOException("injected: " + path + " is another one now");
        }
        return new FSDataInputStream(new Download(object));
    }

    /** A whole object. */
    private static final class Download extends FSInputStream {
        private final ByteArrayInputStream in;
        private final int length;

        Download(byte[] object) {
            in = new ByteArrayInputStream(object);
            length = object.length;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int from, int count) {
            return in.read(bytes, from, count);
        }

        @Override
        public void seek(long position) throws IOException {
            in.reset();
            in.skipNBytes(position);
        }

        @Override
        public long getPos() {
            return (long) length - in.available();
        }

        @Override
        public boolean seekToNewSource(long position) {
            return false;
        }
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        orRefuse("delete " + path.getName());
        boolean was = objects.remove(key(path)) != null;
        if (was) {
            changed();
        }
        return was;
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        orRefuse("list " + path.getName());
        String prefix = key(path) + "/";
        FileStatus[] listed = history.get(Math.max(0, history.size() - 1 - lag)).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new FileStatus(entry.getValue(), false, 1, 1, 0, new Path(uri + entry.getKey())))
                .toArray(FileStatus[]::new);
        if (listed.length == 0) {
            throw new FileNotFoundException(path + " does not exist");
        }
        return listed;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        orRefuse("look at " + path.getName());
        byte[] object = objects.get(key(path));
        if (object == null) {
            throw new FileNotFoundException(path + " does not exist");
        }
        return new FileStatus(object.length, false, 1, 1, 0, path);
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        orRefuse("mkdirs " + path.getName());
        return true;
    }

    @Override
    public boolean rename(Path from, Path to) {
        throw new UnsupportedOperationException("an object store does not rename");
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferBytes, Progressable progress) {
        throw new UnsupportedOperationException("an object store does not append");
    }

    @Override
    public void setWorkingDirectory(Path directory) {
        throw new UnsupportedOperationException("paths are absolute");
    }

    @Override
    public Path getWorkingDirectory() {
        return new Path(uri + "/");
    }
}
