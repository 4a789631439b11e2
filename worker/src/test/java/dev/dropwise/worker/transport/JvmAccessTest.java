package dev.dropwise.worker.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JvmAccessTest {
    @Test
    void shouldOpenThePackageWhenSparksFlagsAreAllThereIs() throws IOException {
        assertThat(outputOf(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED")))
                .isEqualTo("42");
    }

    @Test
    void shouldBeContentWhenTheFlagIsGiven() throws IOException {
        assertThat(outputOf(List.of("--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED")))
                .isEqualTo("42");
    }

    @Test
    void shouldNameTheFlagWhenNothingIsOpen() throws IOException {
        assertThat(outputOf(List.of()))
                .contains("add --add-opens java.base/jdk.internal.misc=ALL-UNNAMED")
                .contains("spark.executor.extraJavaOptions");
    }

    private static String outputOf(List<String> options) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Uses raw memory after making sure that it may. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] arguments) {
            JvmAccess.ensure();
            UnsafeBuffer buffer = new UnsafeBuffer(new byte[8]);
            buffer.putInt(4, 42);
            System.out.println(buffer.getInt(4));
        }
    }
}
