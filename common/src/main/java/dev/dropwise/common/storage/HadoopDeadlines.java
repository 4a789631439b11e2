package dev.dropwise.common.storage;

import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * Deadlines for file systems that do not answer. Hadoop's own defaults ask an HDFS name node whose packets get lost for 15 minutes, and
 * wait two minutes for the answer of one that hangs.
 */
public final class HadoopDeadlines {
    private static final Map<String, String> BOUNDS = Map.of(
            "ipc.client.connect.timeout", "5000",
            "ipc.client.connect.max.retries.on.timeouts", "2",
            "ipc.client.rpc-timeout.ms", "30000");

    private HadoopDeadlines() {}

    /**
     * A copy of {@code configuration} whose client gives up connecting to a name node after about 15 s and waiting for its answer after 30 s;
     * what the user has set himself stays.
     */
    public static Configuration bounded(Configuration configuration) {
        Configuration bounded = new Configuration(configuration);
        BOUNDS.forEach((name, value) -> {
            if (!isChosen(configuration, name)) {
                bounded.set(name, value, "dropwise");
            }
        });
        return bounded;
    }

    private static boolean isChosen(Configuration configuration, String name) {
        String[] sources = configuration.getPropertySources(name);
        return sources != null
                && !Arrays.asList(sources).get(sources.length - 1).endsWith("-default.xml");
    }
}
