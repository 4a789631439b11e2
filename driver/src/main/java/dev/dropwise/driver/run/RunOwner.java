package dev.dropwise.driver.run;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.WholeFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who writes a run directory now: {@code .driver} in it, a line of host, process id and start in ms since 1970. Two drivers in one directory
 * would mix their checkpoints, so the second one is refused while the first one lives on the same host. Whether a process on
 * another host lives cannot be seen, and one that was killed must not stand in the way of the next, so that one takes over.
 */
public final class RunOwner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunOwner.class);
    private static final String NAME = ".driver";
    /** By how much two JVMs may disagree on when a process was started. */
    private static final long SAME_START_WITHIN_MS = 2000;

    private final Path file;
    private final Configuration hadoop;

    private RunOwner(Path file, Configuration hadoop) {
        this.file = file;
        this.hadoop = hadoop;
    }

    /**
     * Takes the directory, which must exist, for this process.
     *
     * @throws DropwiseException (configuration) when a process that lives has it
     */
    static RunOwner claim(Path directory, Configuration hadoop) {
        Path file = new Path(directory, NAME);
        WholeFile content = new WholeFile(file, hadoop);
        content.read().flatMap(Owner::parse).filter(Owner::isAlive).ifPresent(owner -> {
            throw DropwiseException.configuration(
                    "run directory " + directory + " belongs to a driver that is running: process "
                            + owner.pid() + " on " + owner.host() + ", since " + Instant.ofEpochMilli(owner.startMs())
                            + "; wait until it ends, or choose another --out");
        });
        content.replace(Owner.self().toString().getBytes(StandardCharsets.UTF_8));
        return new RunOwner(file, hadoop);
    }

    /** Leaves the directory to whoever comes next. */
    @Override
    public void close() {
        try {
            file.getFileSystem(hadoop).delete(file, false);
        } catch (IOException e) {
            // Whoever finds it finds that its process is gone.
            LOG.debug("event=owner-file-stays file={}: {}", file, e.getMessage());
        }
    }

    /** A process on a host. */
    record Owner(String host, long pid, long startMs) {
        static Owner self() {
            ProcessHandle process = ProcessHandle.current();
            return new Owner(hostName(), process.pid(), startMs(process));
        }

        /** Nothing for text that {@link #toString} does not write. */
        static Optional<Owner> parse(byte[] line) {
            String[] words = new String(line, StandardCharsets.UTF_8).strip().split(" ", -1);
            try {
                return words.length == 3
                        ? Optional.of(new Owner(words[0], Long.parseLong(words[1]), Long.parseLong(words[2])))
                        : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        /** Whether it is another process of this host that has not ended; false where that cannot be known. */
        boolean isAlive() {
            return host.equals(hostName())
                    && pid != ProcessHandle.current().pid()
                    && ProcessHandle.of(pid)
                            // One that has ended, and whose parent has not asked how, has neither any more. Of
                            // another user's, arguments alone can be seen.
                            .filter(process -> process.info().command().isPresent()
                                    || process.info().arguments().isPresent())
                            .filter(process -> Math.abs(startMs(process) - startMs) <= SAME_START_WITHIN_MS)
                            .isPresent();
        }

        private static long startMs(ProcessHandle process) {
            return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        }

        private static String hostName() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return "localhost";
            }
        }

        @Override
        public String toString() {
            return host + " " + pid + " " + startMs;
        }
    }
}
