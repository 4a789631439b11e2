package dev.dropwise.worker.membership;

import java.time.Duration;

/**
 * How long anybody is waited for. A rank whose JVM is alive may compute for as long as {@code step} without a sign of
 * life from its exchange thread: its Aeron client keeps its streams alive in the background.
 *
 * @param connect from the call of connect until every pair of ranks is connected
 * @param step without any progress inside one collective until the rank waited for is declared lost: the bound on a hung
 *     rank and hence longer than the longest evaluation or checkpoint between two collectives
 * @param liveness without a keep-alive of a rank's JVM until it is declared dead: killed, or stopped for that long
 * @param close that the host of a media driver keeps it running for peers that have not said goodbye
 */
public record Deadlines(Duration connect, Duration step, Duration liveness, Duration close) {
    private static final Duration SHORTEST_LIVENESS = Duration.ofSeconds(1);
    private static final Duration SHORTEST_DRIVER_TIMEOUT = Duration.ofSeconds(4);

    public Deadlines {
        positive("connect", connect);
        positive("step", step);
        positive("close", close);
        if (liveness.compareTo(SHORTEST_LIVENESS) < 0) {
            throw new IllegalArgumentException("liveness deadline must be at least " + SHORTEST_LIVENESS
                    + ", or a pause of the JVM looks like a death: liveness=" + liveness);
        }
    }

    /** Deadlines for a real cluster: dead ranks are noticed in 2 to 3 s, hung ones in 10 minutes. */
    public static Deadlines standard() {
        return new Deadlines(
                Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofSeconds(2), Duration.ofSeconds(3));
    }

    /** The same deadlines with another {@code step}. */
    public Deadlines withStep(Duration otherStep) {
        return new Deadlines(connect, otherStep, liveness, close);
    }

    /** How long a media driver may be silent before its host is declared dead: at least 4 s. */
    public Duration driver() {
        Duration twice = liveness.multipliedBy(2);
        return twice.compareTo(SHORTEST_DRIVER_TIMEOUT) < 0 ? SHORTEST_DRIVER_TIMEOUT : twice;
    }

    private static void positive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " deadline must be positive: " + name + "=" + duration);
        }
    }
}
