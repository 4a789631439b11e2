package dev.dropwise.deploy.process;

import dev.dropwise.common.storage.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;

/** A real HDFS on this machine, of one name node and one data node. */
public final class HdfsCluster implements AutoCloseable {
    private final DropwiseProcess server;
    private final String uri;
    private final FileSystem files;

    private HdfsCluster(DropwiseProcess server) {
        this.server = server;
        try {
            uri = server.awaitOut("serving (hdfs://\\S+)").group(1);
            files = FileSystem.newInstance(URI.create(uri), new Configuration());
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it with nothing in it; close it when done. */
    public static HdfsCluster start(Path directory) {
        return new HdfsCluster(DropwiseProcess.program(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        HdfsServer.class.getName(),
                        directory.toString())
                .within(Duration.ofMinutes(30))
                .start());
    }

    /** {@code hdfs://HOST:PORT} and {@code path}, which begins with a slash. */
    public String uri(String path) {
        return uri + path;
    }

    /** As the user who owns everything. */
    public FileSystem files() {
        return files;
    }

    /** Copies a file or directory from the local disk. */
    public void put(Path from, String to) {
        try {
            files.copyFromLocalFile(new org.apache.hadoop.fs.Path(from.toUri()), new org.apache.hadoop.fs.Path(to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file or directory to the local disk. */
    public void get(String from, Path to) {
        try {
            files.copyToLocalFile(
                    false, new org.apache.hadoop.fs.Path(from), new org.apache.hadoop.fs.Path(to.toUri()), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many lines a file has; 0 as long as there is none. */
    public int lines(String path) {
        return new WholeFile(new org.apache.hadoop.fs.Path(uri + path), files.getConf())
                .read()
                .map(bytes ->
                        (int) new String(bytes, StandardCharsets.UTF_8).lines().count())
                .orElse(0);
    }

    /** Paths of all files below {@code directory}, relative to it. */
    public List<String> list(String directory) {
        List<String> names = new ArrayList<>();
        try {
            RemoteIterator<LocatedFileStatus> each = files.listFiles(new org.apache.hadoop.fs.Path(directory), true);
            while (each.hasNext()) {
                names.add(each.next().getPath().toUri().getPath().substring(directory.length() + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /** Ends it, and the files with it. */
    @Override
    public void close() {
        try {
            files.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            server.close();
        }
    }
}
