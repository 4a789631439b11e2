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
     * @return which process, and when; empty if that had ended, so that nothing was done
     */
    public Optional<Struck> strike(DropwiseProcess job, List<Long> ranks, RandomGenerator random) {
        return target(job, ranks, random).flatMap(pid -> switch (this) {
            case DRIVER_KILLED, EXECUTOR_KILLED, MEDIA_DRIVER_KILLED -> struck(pid, Signal.KILL);
            case STOPPED_FOR_1_S -> stopped(pid, Duration.ofSeconds(1));
            case STOPPED_FOR_20_S -> stopped(pid, Duration.ofSeconds(20));
        });
    }

    private Optional<Long> target(DropwiseProcess job, List<Long> ranks, RandomGenerator random) {
        if (this == DRIVER_KILLED) {
            return Optional.of(job.pid());
        }
        return this == MEDIA_DRIVER_KILLED && !ranks.isEmpty() ? Optional.of(ranks.get(0)) : anyOf(job, random);
    }

    /**
     * What was done.
     *
     * @param pid of the process
     * @param atNs {@link System#nanoTime}
     */
    public record Struck(long pid, long atNs) {}

    private static Optional<Struck> struck(long pid, Signal signal) {
        long atNs = System.nanoTime();
        return signal.reaches(pid) ? Optional.of(new Struck(pid, atNs)) : Optional.empty();
    }

    private static Optional<Struck> stopped(long pid, Duration duration) {
        Optional<Struck> struck = struck(pid, Signal.STOP);
        Optional<ProcessHandle> process = struck.flatMap(each -> ProcessHandle.of(pid));
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < duration.toNanos()
                && process.filter(ProcessHandle::isAlive).isPresent()) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        if (process.filter(ProcessHandle::isAlive).isPresent()) {
            Signal.CONT.reaches(pid);
        }
        return struck;
    }

    private static Optional<Long> anyOf(DropwiseProcess job, RandomGenerator random) {
        List<Long> executors = executors(job);
        while (executors.isEmpty() && job.isAlive()) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            executors = executors(job);
        }
        return executors.isEmpty() ? Optional.empty() : Optional.of(executors.get(random.nextInt(executors.size())));
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
