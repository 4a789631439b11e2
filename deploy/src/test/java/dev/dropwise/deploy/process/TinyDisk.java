package dev.dropwise.deploy.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A file system of a few megabytes, mounted where only its own processes see it (Linux mount namespace; needs root). It is held by a
 * process alone, and gone with it.
 */
public final class TinyDisk implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final Duration COMMAND_DEADLINE = Duration.ofSeconds(20);

    private final Path directory;
    private final DropwiseProcess holder;

    private TinyDisk(Path directory, int sizeMb) {
        this.directory = directory;
        holder = isolated(mount(directory, sizeMb) + " && echo ready && exec sleep 3600")
                .within(DEADLINE)
                .start();
        holder.awaitOut("ready");
    }

    /** Why this machine cannot have such a disk; empty if it can. */
    public static Optional<String> missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("a mount namespace needs root, and this is " + System.getProperty("user.name"));
        }
        Outcome tried =
                isolated(mount(Path.of("/mnt"), 1)).within(COMMAND_DEADLINE).run();
        return tried.exitStatus() == 0 ? Optional.empty() : Optional.of("this machine forbids it: " + tried.err());
    }

    /** Mounts one of {@code sizeMb} on {@code directory}, which exists; close it when done. */
    public static TinyDisk mounted(Path directory, int sizeMb) {
        return new TinyDisk(directory, sizeMb);
    }

    private static String mount(Path directory, int sizeMb) {
        return "mount -t tmpfs -o size=" + sizeMb + "m tmpfs " + directory;
    }

    private static DropwiseProcess.Builder isolated(String script) {
        return DropwiseProcess.program("unshare", "--mount", "--propagation", "private", "sh", "-c", script);
    }

    /** Lets it have room for {@code sizeMb}. */
    public void resize(int sizeMb) {
        remount("size=" + sizeMb + "m");
    }

    /** Lets nobody write to it any more, root neither. */
    public void protect() {
        remount("ro");
    }

    private void remount(String option) {
        seeing(DropwiseProcess.program("mount", "-o", "remount," + option, directory.toString()))
                .within(COMMAND_DEADLINE)
                .run()
                .orFail();
    }

    /** {@code command}, such that it sees the disk. */
    public DropwiseProcess.Builder seeing(DropwiseProcess.Builder command) {
        return command.behind(List.of("nsenter", "--target", Long.toString(holder.pid()), "--mount", "--"));
    }

    /** The disk as a process sees it that is outside, such as a test. */
    public Path fromOutside() {
        return Path.of("/proc/" + holder.pid() + "/root" + directory);
    }

    /** Unmounts it with all that is on it. */
    @Override
    public void close() {
        holder.close();
    }
}
