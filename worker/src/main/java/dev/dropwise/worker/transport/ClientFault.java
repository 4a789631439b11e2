package dev.dropwise.worker.transport;

import io.aeron.exceptions.DriverTimeoutException;
import org.agrona.ErrorHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an Aeron client reports from its own thread: kept for the exchange thread, which names it when it looks. */
final class ClientFault implements ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ClientFault.class);

    private final int rank;
    private final int driverRank;
    private volatile @Nullable Throwable first;
    private volatile boolean closing;

    ClientFault(int rank, int driverRank) {
        this.rank = rank;
        this.driverRank = driverRank;
    }

    @Override
    public void onError(Throwable error) {
        if (closing) {
            LOG.debug("rank={} event=aeron-client-error-at-close", rank, error);
            return;
        }
        LOG.warn("rank={} event=aeron-client-error driverRank={}", rank, driverRank, error);
        if (first == null) {
            first = error;
        }
    }

    int driverRank() {
        return driverRank;
    }

    /** Whether anything was reported. */
    boolean hasHappened() {
        return first != null;
    }

    /** From now on the driver's end is no fault. */
    void closing() {
        closing = true;
    }

    /** Who is lost, given that the client has ended by itself. */
    Transport.Loss loss() {
        Throwable error = first;
        if (error instanceof DriverTimeoutException && driverRank != rank) {
            return new Transport.Loss(
                    driverRank, "is dead, stopped or closed, and with it the media driver: " + error.getMessage());
        }
        return new Transport.Loss(
                rank,
                "lost its own Aeron client, as after a stop of this JVM that peers took for its death: "
                        + (error == null ? "closed" : error.getMessage()));
    }
}
