package dev.dropwise.deploy.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A variable that processes inherit, by which all descendants are found, orphans included (Linux: /proc/PID/environ). */
record EnvironmentMark(String name, String value) {
    void putInto(Map<String, String> environment) {
        environment.put(name, value);
    }

    /** All living processes that inherited the mark. */
    List<ProcessHandle> bearers() {
        return ProcessHandle.allProcesses().filter(this::isBorneBy).toList();
    }

    private boolean isBorneBy(ProcessHandle process) {
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/environ"));
            return ("\0" + new String(environment, StandardCharsets.ISO_8859_1) + "\0")
                    .contains("\0" + name + "=" + value + "\0");
        } catch (IOException e) {
            // Gone meanwhile, or someone else's.
            return false;
        }
    }

    /**
     * Kills all bearers, again and again until no new ones turn up.
     *
     * @throws AssertionError if some outlive the deadline
     */
    void killBearers(Duration deadline) {
        long endNs = System.nanoTime() + deadline.toNanos();
        for (List<ProcessHandle> left = bearers(); !left.isEmpty(); left = bearers()) {
            if (System.nanoTime() > endNs) {
                throw new AssertionError("processes outlive SIGKILL: " + left);
            }
            left.forEach(ProcessHandle::destroyForcibly);
            left.forEach(process -> awaitExit(process, endNs));
        }
    }

    private static void awaitExit(ProcessHandle process, long endNs) {
        try {
            process.onExit().get(Math.max(1, endNs - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // The caller looks again and names who is left.
        }
    }
}
