package dev.dropwise.worker.spark;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.spark.api.plugin.PluginContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Spark's plugin, which Spark itself creates, meets tasks and the job: the one place with state that belongs to the JVM. Thread-safe.
 */
public final class PluginRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(PluginRegistry.class);
    private static final AtomicReference<PluginContext> EXECUTOR = new AtomicReference<>();
    private static final ConcurrentMap<String, Consumer<byte[]>> RECEIVERS = new ConcurrentHashMap<>();

    private PluginRegistry() {}

    /**
     * Delivers the events of one application to {@code receiver}, on Spark's RPC threads, until {@link #stopDelivering}.
     */
    public static void deliver(String applicationId, Consumer<byte[]> receiver) {
        RECEIVERS.put(applicationId, receiver);
    }

    /** Lets further events of the application fall. */
    public static void stopDelivering(String applicationId) {
        RECEIVERS.remove(applicationId);
    }

    static void receive(String applicationId, byte[] event) {
        Consumer<byte[]> receiver = RECEIVERS.get(applicationId);
        if (receiver != null) {
            receiver.accept(event);
        }
    }

    static void executorStarted(PluginContext plugin) {
        EXECUTOR.set(plugin);
    }

    static void executorStopped(PluginContext plugin) {
        EXECUTOR.compareAndSet(plugin, null);
    }

    /**
     * Posts to a round on the driver's board.
     *
     * @return the records so far, by rank; null for ranks that have not come
     * @throws DropwiseException (retryable) when the driver does not answer, or no plugin runs here
     */
    static byte[] @Nullable [] post(RoundPost post) {
        PluginContext plugin = EXECUTOR.get();
        if (plugin == null) {
            throw DropwiseException.retryable(
                    "no plugin of Dropwise runs in this executor, so rank " + post.rank() + " cannot meet the others;"
                            + " spark.plugins must name " + RankPlugin.class.getName(),
                    null);
        }
        try {
            return (byte[][]) plugin.ask(post);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw DropwiseException.retryable(
                    "rank " + post.rank() + " cannot reach the driver for " + post.round() + ": " + e
                            + "; a firewall between executor and driver, or a driver that has ended",
                    e);
        }
    }

    /** Sends an event from this executor to the driver; empty where no plugin runs. */
    static Optional<Consumer<byte[]>> sender() {
        return Optional.ofNullable(EXECUTOR.get()).map(plugin -> event -> {
            try {
                plugin.send(new RankPlugin.Message(event));
            } catch (IOException | IllegalStateException e) {
                // The driver is gone, or was out of reach when this executor started: training does not need an
                // audience.
                LOG.debug("event=progress-undeliverable", e);
            }
        });
    }
}
