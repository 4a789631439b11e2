package dev.dropwise.common.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
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

    @ParameterizedTest
    @MethodSource("findings")
    void shouldSayInAFewWordsWhatWasFoundAndWhatToDo(Exception cause, String found, String remedy) {
        Exception wrapped = DropwiseException.io("write hdfs://a/b (3 bytes): and so on; look around", cause);

        assertThat(StorageFault.found(wrapped)).isEqualTo(found);
        assertThat(StorageFault.remedy(wrapped, "look around")).startsWith(remedy);
    }

    private static Stream<Arguments> findings() {
        String user = System.getProperty("user.name");
        return Stream.of(
                Arguments.of(
                        new ConnectException("Call From a to b:1 failed; For more details see: http://wiki")
                                .initCause(new ConnectException("Connection refused")),
                        "nobody who answers (Connection refused)",
                        "check the address"),
                Arguments.of(
                        new IllegalArgumentException(new UnknownHostException("nowhere")),
                        "nobody who answers (UnknownHostException nowhere)",
                        "check the address"),
                Arguments.of(
                        new UnsupportedFileSystemException("No FileSystem for scheme \"foo\""),
                        "no such kind of file system here (No FileSystem for scheme \"foo\")",
                        "use file:, hdfs://"),
                Arguments.of(
                        new AccessControlException("Permission denied: user=a, access=WRITE\n\tat org.apache.hadoop"),
                        "no permission for user " + user + " (Permission denied: user=a, access=WRITE)",
                        "grant this user permission"),
                Arguments.of(
                        new AccessDeniedException("/there/.probe"),
                        "no permission for user " + user,
                        "grant this user permission"),
                Arguments.of(
                        new FileSystemException("/there/.probe", null, "Operation not permitted"),
                        "no permission for user " + user + " (Operation not permitted)",
                        "grant this user permission"),
                Arguments.of(
                        new FileSystemException("/there/.probe", null, "Read-only file system"),
                        "a read-only file system",
                        "mount it for writing"),
                Arguments.of(
                        new IOException("No space left on device"),
                        "a full file system (No space left on device)",
                        "free space there"),
                Arguments.of(
                        new ParentNotDirectoryException("/there (is not a directory)"),
                        "a file on the way (/there (is not a directory))",
                        "look around"),
                Arguments.of(new IOException("the disk is on fire"), "the disk is on fire", "look around"));
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
