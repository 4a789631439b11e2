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

    /** Any moment: one in three before the workers meet. */
    public static Moment draw(RandomGenerator random) {
        return new Moment(random.nextInt(3) == 0, MOST * random.nextDouble());
    }

    /** How long a job's phases take. */
    public record Phases(Duration starting, Duration training) {}

    /** Waits until the moment has come. */
    public void await(DropwiseProcess job, RunFiles run, Phases usual) {
        if (!starting) {
            job.awaitUntil("the workers have met", () -> !run.workerPids().isEmpty());
        }
        Duration phase = starting ? usual.starting() : usual.training();
        LockSupport.parkNanos((long) (fraction * phase.toNanos()));
    }
}
