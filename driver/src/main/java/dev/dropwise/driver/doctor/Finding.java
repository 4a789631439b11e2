package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.ExitCode;

/**
 * What one check has come to: one line.
 *
 * @param status how bad it is
 * @param subject what was looked at
 * @param found there
 * @param remedy what to do; empty when there is nothing to do
 * @param exitCode that the command ends with if this is the first failure
 */
public record Finding(Status status, String subject, String found, String remedy, ExitCode exitCode) {
    /** How bad a finding is. */
    public enum Status {
        /** As it should be. */
        OK,
        /** A job would run, but slower, or otherwise than somebody expects. */
        WARN,
        /** A job would not run. */
        FAIL
    }

    private static final String BEFORE_REMEDY = "; ";

    static Finding ok(String subject, String found) {
        return new Finding(Status.OK, subject, found, "", ExitCode.DONE);
    }

    static Finding warn(String subject, String found, String remedy) {
        return new Finding(Status.WARN, subject, found, remedy, ExitCode.DONE);
    }

    static Finding fail(String subject, String found, String remedy, ExitCode exitCode) {
        return new Finding(Status.FAIL, subject, found, remedy, exitCode);
    }

    /** A failure in the words of an error, which say what to do after the last semicolon. */
    static Finding fail(String subject, String message, ExitCode exitCode) {
        String line = message.lines().map(String::strip).findFirst().orElse("no reason given");
        int end = line.lastIndexOf(BEFORE_REMEDY);
        return end < 0
                ? fail(subject, line, "", exitCode)
                : fail(subject, line.substring(0, end), line.substring(end + BEFORE_REMEDY.length()), exitCode);
    }
}
