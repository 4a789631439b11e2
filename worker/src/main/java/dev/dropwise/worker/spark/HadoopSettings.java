package dev.dropwise.worker.spark;

import dev.dropwise.common.storage.HadoopDeadlines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;

/** The driver's Hadoop configuration on its way to the ranks, so that all of them reach the same file systems. */
public final class HadoopSettings {
    private HadoopSettings() {}

    /** The configuration in Hadoop's own encoding, with deadlines where it has none. */
    public static byte[] encode(Configuration configuration) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            HadoopDeadlines.bounded(configuration).write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    static Configuration decode(byte[] bytes) {
        Configuration configuration = new Configuration(false);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            configuration.readFields(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the driver's Hadoop configuration is not readable", e);
        }
        return configuration;
    }
}
