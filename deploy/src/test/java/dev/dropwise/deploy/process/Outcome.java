package dev.dropwise.deploy.process;

import java.time.Duration;
import java.util.List;

/** How a command ended: its exit status, what it printed, line by line, and how long it took. */
public record Outcome(List<String> command, int exitStatus, List<String> stdout, List<String> stderr, Duration took) {
    /** The same outcome, if the command succeeded; an error that shows everything it printed, if not. */
    public Outcome orFail() {
        if (exitStatus != 0) {
            throw new AssertionError("command failed: " + this);
        }
        return this;
    }

    public String out() {
        return String.join("\n", stdout);
    }

    public String err() {
        return String.join("\n", stderr);
    }

    @Override
    public String toString() {
        return String.join(" ", command) + "\n-- exit status " + exitStatus + " after " + took.toMillis()
                + " ms\n-- stdout\n" + out() + "\n-- stderr\n" + err();
    }
}
