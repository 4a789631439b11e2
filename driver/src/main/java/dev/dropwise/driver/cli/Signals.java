package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.job.Interruption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.service.launcher.IrqHandler;
import org.jspecify.annotations.Nullable;

/**
 * Turns SIGINT and SIGTERM into requests, so that {@code run.json} can say how the run ended. Spark may be in a wait that nobody asks about requests,
 * such as for its cluster manager: one more signal, two seconds later or more, ends the JVM as it would have without this class.
 */
final class Signals {
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(2);

    private final Interruption interruption;
    private final AtomicReference<@Nullable Long> firstNs = new AtomicReference<>();

    private Signals(Interruption interruption) {
        this.interruption = interruption;
    }

    static void bind(Interruption interruption) {
        Signals signals = new Signals(interruption);
        new IrqHandler(IrqHandler.CONTROL_C, signal -> signals.came(ExitCode.INTERRUPTED)).bind();
        new IrqHandler(IrqHandler.SIGTERM, signal -> signals.came(ExitCode.TERMINATED)).bind();
    }

    /** Whoever sends to a whole process group may send twice at once. */
    private void came(ExitCode how) {
        long nowNs = System.nanoTime();
        Long first = firstNs.get();
        if (first == null) {
            firstNs.set(nowNs);
            interruption.ask(how);
        } else if (nowNs - first >= AGAIN_AFTER.toNanos()) {
            System.exit(how.status());
        }
    }
}
