package dev.dropwise.common.data.fetch;

import java.time.Duration;

/**
 * How long a download waits.
 *
 * @param connect for a connection and for the first answer
 * @param stall for the next byte
 */
public record FetchTimeouts(Duration connect, Duration stall) {
    public FetchTimeouts {
        if (connect.toMillis() < 1 || stall.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "timeouts must be at least 1 ms: connect=" + connect + " stall=" + stall);
        }
    }

    /** 15 s to connect, 30 s without a byte. */
    public static FetchTimeouts standard() {
        return new FetchTimeouts(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }
}
