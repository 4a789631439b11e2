package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.NetworkedHosts;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.RunFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A /dev/shm as small as containers have it by default, and one that runs full: the same training, bit for bit. */
@Timeout(400)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SharedMemoryIT {
    private static final String[] TRAIN = {
        "train",
        "--model",
        "mlp:1024,1024",
        "--train-limit",
        "4000",
        "--epochs",
        "3",
        "--batch-size",
        "32",
        "--seed",
        "3"
    };
    private static final Duration DEADLINE = Duration.ofMinutes(3);

    private Path directory;
    private RunFiles roomy;

    @BeforeAll
    void trainWithRoom(@TempDir Path temporary) {
        NetworkedHosts.missing().ifPresent(why -> assumeTrue(false, why));
        directory = temporary;
        roomy = new RunFiles(directory.resolve("roomy"));
        DropwiseProcess.dropwise(TRAIN)
                .with("--out", roomy.directory().toString())
                .within(DEADLINE)
                .run()
                .orFail();
    }

    /** The default of Docker and Kubernetes. */
    @Test
    void shouldTrainTheSameWhenAnotherFillsThe64MbOfDevShm() {
        RunFiles run = new RunFiles(directory.resolve("64m"));
        try (DropwiseProcess job = train("64m", run)) {
            job.awaitUntil("the first epoch is done", () -> !run.metrics().isEmpty());
            Outcome filled = inMountsOf(job, "dd", "if=/dev/zero", "of=/dev/shm/filler", "bs=64k");
            assertThat(filled.exitStatus()).isNotZero();
            assertThat(filled.err()).contains("No space left on device");
            System.out.println(inMountsOf(job, "df", "/dev/shm").orFail().out());
            job.await().orFail();
        }

        assertThat(run.document().get("attempts").intValue()).isEqualTo(1);
        assertSame(run);
    }

    @Test
    void shouldKeepTheMediaDriversFilesOnDiskWhenDevShmHasNoRoomForThem() {
        RunFiles run = new RunFiles(directory.resolve("1m"));
        try (DropwiseProcess job = train("1m", run)) {
            job.await().orFail();
        }

        assertSame(run);
    }

    /** In a mount namespace of its own, which ends with it. */
    private static DropwiseProcess train(String size, RunFiles run) {
        return DropwiseProcess.dropwise(TRAIN)
                .with("--out", run.directory().toString())
                .behind(List.of(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "sh",
                        "-c",
                        "mount -t tmpfs -o size=" + size + " tmpfs /dev/shm && exec \"$0\" \"$@\""))
                .within(DEADLINE)
                .start();
    }

    private static Outcome inMountsOf(DropwiseProcess job, String... command) {
        return DropwiseProcess.program(command)
                .behind(List.of("nsenter", "--target", Long.toString(job.pid()), "--mount", "--"))
                .run();
    }

    private void assertSame(RunFiles run) {
        assertThat(run.metrics().get(0).at("/exchange/transport").textValue()).isEqualTo("aeron:ipc");
        assertThat(run.parameterDigests()).isEqualTo(roomy.parameterDigests());
    }
}
