package dev.dropwise.worker.spark;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Carries run events from executors to the driver while a job runs, and the records of a {@link Rendezvous} both ways, over Spark's own
 * RPC. Loaded by Spark when {@code spark.plugins} names it, which the driver sets before it starts the context.
 */
public final class RankPlugin implements SparkPlugin {
    @Override
    public DriverPlugin driverPlugin() {
        return new Receiver();
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new Sender();
    }

    private static final byte[] GREETING = {};

    /** One event on its way, or nothing as a greeting; Java serialisation is what Spark's RPC speaks. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes in transit: never compared.
    record Message(byte[] event) implements Serializable {}

    private static final class Receiver implements DriverPlugin {
        private final RoundBoard board = new RoundBoard();
        private String applicationId = "";

        @Override
        public Map<String, String> init(SparkContext context, PluginContext plugin) {
            return Map.of();
        }

        @Override
        public void registerMetrics(String applicationId, PluginContext plugin) {
            this.applicationId = applicationId;
        }

        @Override
        public @Nullable Object receive(Object message) {
            if (message instanceof RoundPost post) {
                return board.post(post);
            }
            if (message instanceof Message progress && progress.event().length > 0) {
                PluginRegistry.receive(applicationId, progress.event());
            }
            return null;
        }
    }

    private static final class Sender implements ExecutorPlugin {
        private @Nullable PluginContext plugin;

        @Override
        public void init(PluginContext plugin, Map<String, String> extra) {
            this.plugin = plugin;
            PluginRegistry.executorStarted(plugin);
            // Spark looks the driver up at the first message and never again: were that sent by a task that is being
            // killed,
            // whose thread is interrupted, the lookup would fail and this executor would be mute for good.
            PluginRegistry.sender().ifPresent(sender -> sender.accept(GREETING));
        }

        @Override
        public void shutdown() {
            if (plugin != null) {
                PluginRegistry.executorStopped(plugin);
            }
        }
    }
}
