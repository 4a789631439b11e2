package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.Checkout;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code deploy/bin/dropwise} decides before Java starts. */
@Timeout(300)
final class ScriptIT {
    @TempDir
    private Path directory;

    @Test
    void shouldPrintTheVersionsWhenAsked() {
        Outcome outcome = DropwiseProcess.dropwise("--version").run().orFail();

        assertThat(outcome.stdout())
                .contains("spark 4.1.0")
                .first()
                .asString()
                .matches("dropwise \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void shouldRefuseAndSayWhatToSetWhenTheJdkIsAnotherOne() throws IOException {
        Path jdk25 = jdk("25.0.1");

        Outcome outcome = DropwiseProcess.dropwise("--version")
                .environment("JAVA_HOME", jdk25.toString())
                .run();

        assertThat(outcome.exitStatus()).isEqualTo(78);
        assertThat(outcome.err()).contains("JDK 17 or 21", jdk25 + " holds 25", "Set JAVA_HOME");
    }

    @Test
    void shouldRefuseAndSayWhatToSetWhenThereIsNoJdk() {
        Outcome outcome = DropwiseProcess.dropwise("--version")
                .environment("JAVA_HOME", directory.toString())
                .run();

        assertThat(outcome.exitStatus()).isEqualTo(78);
        assertThat(outcome.err()).contains(directory + " holds none");
    }

    @Test
    void shouldRefuseWhenMasterHasNoValue() {
        Outcome outcome = DropwiseProcess.dropwise("train", "--master").run();

        assertThat(outcome.exitStatus()).isEqualTo(64);
        assertThat(outcome.err()).contains("--master needs a value");
    }

    @Test
    void shouldFallBackToItsOwnSparkAndSaySoWhenTheUsersIsNo41() {
        Outcome outcome = DropwiseProcess.dropwise("--version")
                .environment("SPARK_HOME", directory.toString())
                .run()
                .orFail();

        assertThat(outcome.err()).contains("SPARK_HOME=" + directory + " is no Spark 4.1");
    }

    @Test
    void shouldRunWhenCalledThroughALinkFromElsewhere() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("dw"), Checkout.script("dropwise"));

        assertThat(DropwiseProcess.program(link.toString(), "--version")
                        .run()
                        .orFail()
                        .out())
                .contains("dropwise ");
    }

    private Path jdk(String version) throws IOException {
        Path bin = Files.createDirectories(directory.resolve("jdk/bin"));
        Files.createFile(
                bin.resolve("java"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
        return directory.resolve("jdk");
    }
}
