package dev.dropwise.deploy.fault;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** What may happen to the processes of a job on one machine. */
public enum Fault {
    /** SIGKILL of any executor. */
    EXECUTOR_KILLED,
    /** SIGKILL of rank 0's executor, which holds the media driver as soon as there is one. */
    MEDIA_DRIVER_KILLED,
    /** SIGKILL of the driver; executors are left to themselves. */
    DRIVER_KILLED,
    /** SIGSTOP of any executor for one second. */
    STOPPED_FOR_1_S,
    /** SIGSTOP of any executor for twenty seconds, if it is not given up and killed before. */
    STOPPED_FOR_20_S;

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    /**
     * Does it, now or as soon as there is an executor to do it to.
     *
     * @param job that runs
     * @param ranks pids by rank; empty before the workers have met
     * @return which process, and when
     */
    public Struck strike(DropwiseProcess job, List<Long> ranks, RandomGenerator random) {
        return switch (this) {
            case DRIVER_KILLED -> struck(job.pid(), Signal.KILL);
            case EXECUTOR_KILLED -> struck(anyOf(job, random), Signal.KILL);
            case MEDIA_DRIVER_KILLED -> struck(ranks.isEmpty() ? anyOf(job, random) : ranks.get(0), Signal.KILL);
            case STOPPED_FOR_1_S -> stopped(anyOf(job, random), Duration.ofSeconds(1));
            case STOPPED_FOR_20_S -> stopped(anyOf(job, random), Duration.ofSeconds(20));
        };
    }

    /**
     * What was done.
     *
     * @param pid of the process
     * @param atNs {@link System#nanoTime}
     */
    public record Struck(long pid, long atNs) {}

    private static Struck struck(long pid, Signal signal) {
        return new Struck(pid, signal.send(pid));
    }

    private static Struck stopped(long pid, Duration duration) {
        Struck struck = struck(pid, Signal.STOP);
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        while (System.nanoTime() - struck.atNs() < duration.toNanos()
                && process.filter(ProcessHandle::isAlive).isPresent()) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        if (process.filter(ProcessHandle::isAlive).isPresent()) {
            Signal.CONT.send(pid);
        }
        return struck;
    }

    private static long anyOf(DropwiseProcess job, RandomGenerator random) {
        job.awaitUntil("there is an executor", () -> !executors(job).isEmpty());
        List<Long> executors = executors(job);
        return executors.get(random.nextInt(executors.size()));
    }

    private static List<Long> executors(DropwiseProcess job) {
        return job.alive().stream()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("CoarseGrainedExecutorBackend"))
                        .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }
}
