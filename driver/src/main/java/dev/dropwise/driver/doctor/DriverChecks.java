package dev.dropwise.driver.doctor;

import dev.dropwise.common.failure.ExitCode;
import java.util.Set;

/** Judges what the driver itself finds. */
final class DriverChecks {
    static final String JDK = "jdk";
    static final String ALLOCATION = "dynamic allocation";
    static final String SPARK = "spark";
    static final String SLOTS = "slots";

    private static final Set<Integer> JDKS = Set.of(17, 21);
    private static final String SPARK_LINE = "4.1.";

    private DriverChecks() {}

    /** Of a JVM's own version, such as {@code 17.0.15+6}. */
    static Finding jdk(String who, String version) {
        String found = who.isEmpty() ? version : who + " " + version;
        return JDKS.contains(feature(version))
                ? Finding.ok(JDK, found)
                : Finding.fail(
                        JDK,
                        found,
                        "Spark 4.1 runs on JDK 17 and 21: set JAVA_HOME there, spark.executorEnv.JAVA_HOME for executors",
                        ExitCode.CONFIGURATION);
    }

    /** The first number: what follows need not keep to the JDK's own grammar. Before 9 that was a 1. */
    private static int feature(String version) {
        String digits = version.replaceFirst("[^0-9].*$", "");
        return digits.isEmpty() || digits.length() > 4 ? 0 : Integer.parseInt(digits);
    }

    /** Of what the user has set. */
    static Finding allocation(boolean enabled) {
        return enabled
                ? Finding.warn(
                        ALLOCATION,
                        "on in this configuration; Dropwise turns it off for its own jobs, as barrier stages and it"
                                + " exclude each other",
                        "spark.dynamicAllocation.enabled=false, and as many executors as workers")
                : Finding.ok(ALLOCATION, "off");
    }

    /** Of the driver's Spark. */
    static Finding spark(String version, String master, String applicationId) {
        String found = version + " at " + master + ", application " + applicationId;
        return version.startsWith(SPARK_LINE)
                ? Finding.ok(SPARK, found)
                : Finding.fail(SPARK, found, "Dropwise is built for Spark 4.1: use one", ExitCode.CONFIGURATION);
    }

    /** Of the slots that were there when no more were to be expected. */
    static Finding slots(int found, int workers, String master) {
        String offer = master + " offers " + found + " for --workers " + workers;
        return found >= workers
                ? Finding.ok(SLOTS, offer)
                : Finding.fail(
                        SLOTS, offer, "start more workers or cores there, or lower --workers", ExitCode.UNAVAILABLE);
    }
}
