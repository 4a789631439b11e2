package dev.dropwise.driver.cli;

import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.job.Interruption;
import org.apache.hadoop.service.launcher.IrqHandler;

/** Turns SIGINT and SIGTERM into requests, so that {@code run.json} can say how the run ended. */
final class Signals {
    private Signals() {}

    static void bind(Interruption interruption) {
        new IrqHandler(IrqHandler.CONTROL_C, signal -> interruption.ask(ExitCode.INTERRUPTED)).bind();
        new IrqHandler(IrqHandler.SIGTERM, signal -> interruption.ask(ExitCode.TERMINATED)).bind();
    }
}
