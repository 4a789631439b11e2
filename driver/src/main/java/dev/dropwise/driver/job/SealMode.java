package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.transport.FrameSecret;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;

/** Whether the frames between ranks are encrypted and authenticated. Changes how a run is carried out, not what it computes. */
public enum SealMode {
    /** As Spark does with its own messages. */
    AUTO,
    ON,
    OFF;

    private static final String AUTHENTICATE = "spark.authenticate";
    private static final String ENCRYPT = "spark.network.crypto.enabled";

    /** Parses the lower-case name, or what YAML makes of {@code on} and {@code off}. */
    public static SealMode parse(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true") ? ON : OFF;
        }
        return Arrays.stream(values())
                .filter(each -> each.toString().equals(text))
                .findFirst()
                .orElseThrow(() -> DropwiseException.configuration("seal '" + text + "' is unknown; known: "
                        + Arrays.stream(values()).map(SealMode::toString).collect(Collectors.joining(", "))));
    }

    /** A fresh secret for an attempt under {@code conf}, or none. */
    FrameSecret secret(SparkConf conf) {
        boolean seals = switch (this) {
            case ON -> true;
            case OFF -> false;
            case AUTO -> conf.getBoolean(AUTHENTICATE, false) || conf.getBoolean(ENCRYPT, false);
        };
        return seals ? FrameSecret.draw() : FrameSecret.NONE;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
