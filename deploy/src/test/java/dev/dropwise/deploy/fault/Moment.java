package dev.dropwise.deploy.fault;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.run.RunFiles;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A moment in the life of a job, as a fraction of how long its phases usually take, so that fast and slow machines are struck alike.
 *
 * @param starting whether it is before the workers meet, counted from the driver's start; else counted from that meeting
 * @param fraction of the phase, from 0 to 1
 */
public record Moment(boolean starting, double fraction) {
    /** The last part of a phase is left out, as this time it may be shorter. */
    private static final double MOST = 0.8;

    private static final long LOOK_EVERY_NS = Duration.ofMillis(2).toNanos();

    /** Any moment: one in three before the workers meet. */
    public static Moment draw(RandomGenerator random) {
        return new Moment(random.nextInt(3) == 0, MOST * random.nextDouble());
    }

    /** The same phase, halfway to its start: for a job that was sooner done than usual. */
    public Moment earlier() {
        return new Moment(starting, fraction / 2);
    }

    /** How long a job's phases take. */
    public record Phases(Duration starting, Duration training) {}

    /** Waits until the moment has come, or the job has ended. */
    public void await(DropwiseProcess job, RunFiles run, Phases usual) {
        if (!starting) {
            job.awaitUntil("the workers have met", () -> !run.workerPids().isEmpty());
        }
        Duration phase = starting ? usual.starting() : usual.training();
        long untilNs = System.nanoTime() + (long) (fraction * phase.toNanos());
        while (System.nanoTime() - untilNs < 0 && job.isAlive()) {
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }
}
