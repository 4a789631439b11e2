package dev.dropwise.deploy.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * A command as a user types it, with a deadline, its output kept, and everything that it started ended on close: also what
 * has lost its parent, which is found by a mark in its environment.
 */
public final class DropwiseProcess implements AutoCloseable {
    private static final long LOOK_EVERY_NS = Duration.ofMillis(20).toNanos();
    private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);

    private final List<String> command;
    private final Process process;
    private final EnvironmentMark mark;
    private final Transcript stdout;
    private final Transcript stderr;
    private final long startNs = System.nanoTime();
    private final long deadlineNs;

    private DropwiseProcess(Builder builder) {
        command = List.copyOf(builder.command);
        deadlineNs = startNs + builder.deadline.toNanos();
        mark = new EnvironmentMark("DROPWISE_TEST", UUID.randomUUID().toString());
        ProcessBuilder start = new ProcessBuilder(command);
        start.environment().putAll(builder.environment);
        builder.unset.forEach(start.environment()::remove);
        mark.putInto(start.environment());
        try {
            process = start.start();
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
        stdout = new Transcript("stdout of " + process.pid(), process.getInputStream());
        stderr = new Transcript("stderr of " + process.pid(), process.getErrorStream());
    }

    /** {@code deploy/bin/dropwise} with arguments. */
    public static Builder dropwise(String... arguments) {
        return new Builder(Checkout.script("dropwise").toString()).with(arguments);
    }

    /** {@code spark-submit} of the assembled Spark with the application jar, and nothing else that it needs. */
    public static Builder sparkSubmit(String master, String... arguments) {
        return new Builder(Checkout.sparkHome().resolve("bin/spark-submit").toString())
                .with("--master", master, "--class", "dev.dropwise.driver.cli.Main")
                .with(Checkout.applicationJar().toString())
                .with(arguments);
    }

    /** Any other program. */
    public static Builder program(String... words) {
        return new Builder().with(words);
    }

    /** Of the command itself, which the scripts replace by the driver's JVM. */
    public long pid() {
        return process.pid();
    }

    /** Everything alive that this command started, however it is related, itself included. */
    public List<ProcessHandle> alive() {
        return mark.bearers();
    }

    /** The first match in a line of stdout or an error with all output if the command ends, or its deadline passes, first. */
    public Sighting awaitOut(String regex) {
        return await(stdout, regex);
    }

    /** As {@link #awaitOut}, in stderr. */
    public Sighting awaitErr(String regex) {
        return await(stderr, regex);
    }

    /** The first match in what stderr has brought so far. */
    public Optional<Sighting> sightedErr(String regex) {
        return await(stderr, regex, Duration.ZERO);
    }

    private Sighting await(Transcript transcript, String regex) {
        return await(transcript, regex, left())
                .orElseThrow(() -> new AssertionError("no line matches /" + regex + "/ in " + evidence()));
    }

    private static Optional<Sighting> await(Transcript transcript, String regex, Duration limit) {
        try {
            return transcript.await(Pattern.compile(regex), limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for /" + regex + "/", e);
        }
    }

    /**
     * Waits until something else than output shows; fails with all output if the command ends, or its deadline passes, first.
     *
     * @param what for the error
     */
    public void awaitUntil(String what, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || left().isZero() || Thread.currentThread().isInterrupted()) {
                throw new AssertionError("waited in vain until " + what + ": " + evidence());
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }

    /** Waits for the end; when the deadline passes first, ends everything and fails with all output. */
    public Outcome await() {
        try {
            if (!process.waitFor(left().toMillis(), TimeUnit.MILLISECONDS)) {
                AssertionError overdue = new AssertionError("not done in time: " + evidence());
                close();
                throw overdue;
            }
            // What it left running may hold its streams open: that is for close() to end, not to wait for.
            stdout.awaitEnd(Duration.ofSeconds(2));
            stderr.awaitEnd(Duration.ofSeconds(2));
            return outcome(process.exitValue());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    /** Sends SIGTERM to the command. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL to the command alone; what it has started is left to itself. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Whether the command itself runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
    }

    private Outcome outcome(int exitStatus) {
        return new Outcome(
                command, exitStatus, stdout.lines(), stderr.lines(), Duration.ofNanos(System.nanoTime() - startNs));
    }

    /** Everything printed so far, for a failing test to show. */
    public String evidence() {
        return outcome(process.isAlive() ? -1 : process.exitValue()).toString();
    }

    /** Kills the command and everything it started; idempotent. */
    @Override
    public void close() {
        process.destroyForcibly();
        mark.killBearers(KILL_DEADLINE);
    }

    /** What to run, how long, and with which environment. */
    public static final class Builder {
        private final List<String> command = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private final List<String> unset = new ArrayList<>();
        private Duration deadline = Duration.ofMinutes(3);

        private Builder(String... words) {
            with(words);
            // Tests run what was packaged before them, never what is being edited meanwhile.
            environment("DROPWISE_BUILD", "never");
            environment("JAVA_HOME", System.getProperty("java.home"));
            unset.add("SPARK_HOME");
        }

        public Builder with(String... words) {
            command.addAll(List.of(words));
            return this;
        }

        /** Lets {@code words}, which end in what runs a command, run this one. */
        public Builder behind(List<String> words) {
            command.addAll(0, words);
            return this;
        }

        public Builder environment(String name, String value) {
            unset.remove(name);
            environment.put(name, value);
            return this;
        }

        public Builder without(String name) {
            environment.remove(name);
            unset.add(name);
            return this;
        }

        public Builder within(Duration limit) {
            deadline = limit;
            return this;
        }

        /** Starts it; close it when done. */
        public DropwiseProcess start() {
            return new DropwiseProcess(this);
        }

        /** Runs it to its end and leaves nothing behind. */
        public Outcome run() {
            try (DropwiseProcess started = start()) {
                return started.await();
            }
        }
    }
}
