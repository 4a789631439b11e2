package dev.dropwise.deploy.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A real standalone master with workers, by {@code deploy/bin/cluster}, in a directory of its own and on ephemeral ports. */
public final class StandaloneCluster implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofMinutes(5);
    private static final Duration STOP_DEADLINE = Duration.ofMinutes(1);

    private final Path state;
    private final DropwiseProcess start;
    private final String masterUrl;

    private StandaloneCluster(Path state, String... options) {
        this.state = state;
        start = cluster("start").with(options).within(START_DEADLINE).start();
        try {
            masterUrl = start.await().orFail().out();
        } catch (AssertionError e) {
            start.close();
            throw e;
        }
    }

    /** Starts a master and some workers of one core each; close it when done. */
    public static StandaloneCluster start(Path state, int workers, String... options) {
        return new StandaloneCluster(
                state,
                Stream.concat(Stream.of(Integer.toString(workers)), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** Such as {@code spark://127.0.0.1:PORT}. */
    public String masterUrl() {
        return masterUrl;
    }

    /** What {@code cluster status} says now. */
    public Outcome status() {
        return cluster("status").within(STOP_DEADLINE).run();
    }

    /** What {@code cluster stop} says; fine to repeat. */
    public Outcome stop() {
        return cluster("stop").within(STOP_DEADLINE).run();
    }

    /** The master's and the workers' processes, and those of their executors. */
    public List<ProcessHandle> alive() {
        return start.alive();
    }

    /** The executors' stderr of all applications so far, for a failing test to show. */
    public String executorLogs() {
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(file -> file.endsWith("stderr"))
                    .sorted()
                    .map(StandaloneCluster::withHeading)
                    .reduce("", String::concat);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withHeading(Path file) {
        try {
            return "== " + file + "\n" + Files.readString(file) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private DropwiseProcess.Builder cluster(String word) {
        return DropwiseProcess.program(Checkout.script("cluster").toString(), word)
                .environment("DROPWISE_CLUSTER_DIR", state.toString());
    }

    /** Stops the cluster and kills whatever is left of it. */
    @Override
    public void close() {
        try {
            stop();
        } finally {
            start.close();
        }
    }
}
