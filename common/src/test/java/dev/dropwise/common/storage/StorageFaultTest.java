package dev.dropwise.common.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.ExitCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.protocol.DSQuotaExceededException;
import org.apache.hadoop.security.AccessControlException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StorageFaultTest {
    @ParameterizedTest
    @MethodSource("faults")
    void shouldSayTheRemedyThatTheCauseAsksForWhenItIsKnown(Exception cause, String said, String remedy) {
        assertThat(StorageFault.failure("write hdfs://a/b", cause, "look around"))
                .hasMessageStartingWith("write hdfs://a/b: " + said)
                .hasMessageContaining(remedy)
                .hasCause(cause)
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO));
    }

    private static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(new ConnectException("connection was refused"), "connection was refused", "name node"),
                Arguments.of(
                        new IOException("call failed", new SocketTimeoutException("15000 ms")),
                        "call failed",
                        "can be reached from this host"),
                Arguments.of(
                        new IllegalArgumentException(new UnknownHostException("nowhere")),
                        "java.net.UnknownHostException: nowhere",
                        "check the address"),
                Arguments.of(
                        new EOFException("End of File Exception between a and b; destination host is: b"),
                        "End of File Exception between",
                        "name node"),
                Arguments.of(new EOFException("cut short in the middle"), "cut short in the middle", "look around"),
                Arguments.of(
                        new AccessControlException("Permission denied: user=a\n\tat org.apache.hadoop.hdfs"),
                        "Permission denied: user=a",
                        "HADOOP_USER_NAME"),
                Arguments.of(
                        new AccessDeniedException("/closed/x"),
                        "AccessDeniedException /closed/x",
                        "grant this user permission"),
                Arguments.of(new IOException("No space left on device"), "No space left on device", "free space there"),
                Arguments.of(new DSQuotaExceededException(1, 2), "The DiskSpace quota", "raise the quota"),
                Arguments.of(new NoSuchFileException("/x/y"), "NoSuchFileException /x/y", "look around"),
                Arguments.of(new IOException(), "IOException", "look around"));
    }

    @Test
    void shouldBoundEveryWaitForANameNodeWhenTheUserHasSaidNothing() {
        Configuration bounded = HadoopDeadlines.bounded(new Configuration());

        assertThat(bounded.getInt("ipc.client.connect.timeout", 0)).isEqualTo(5000);
        assertThat(bounded.getInt("ipc.client.connect.max.retries.on.timeouts", 0))
                .isEqualTo(2);
        assertThat(bounded.getInt("ipc.client.rpc-timeout.ms", 0)).isEqualTo(30_000);
    }

    @Test
    void shouldLeaveWhatTheUserHasSaidWhenBoundedTwice() {
        Configuration hadoop = new Configuration();
        hadoop.set("ipc.client.connect.timeout", "77");

        Configuration bounded = HadoopDeadlines.bounded(HadoopDeadlines.bounded(hadoop));

        assertThat(bounded.get("ipc.client.connect.timeout")).isEqualTo("77");
        assertThat(bounded.get("ipc.client.rpc-timeout.ms")).isEqualTo("30000");
        assertThat(hadoop.get("ipc.client.rpc-timeout.ms")).isEqualTo("120000");
    }
}
