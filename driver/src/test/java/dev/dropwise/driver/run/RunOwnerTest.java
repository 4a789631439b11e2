package dev.dropwise.driver.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import dev.dropwise.driver.run.RunOwner.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunOwnerTest {
    @TempDir
    private Path directory;

    @Test
    void shouldRefuseADirectoryWhoseDriverLivesAndLetItGoWhenThatHasEnded() throws IOException, InterruptedException {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            long startMs = other.info().startInstant().orElseThrow().toEpochMilli();
            write(new Owner(Owner.self().host(), other.pid(), startMs));

            assertThatThrownBy(this::claim)
                    .isInstanceOf(DropwiseException.class)
                    .hasMessageContaining("run directory file:" + directory, "process " + other.pid() + " on ", "--out")
                    .extracting(e -> ((DropwiseException) e).exitCode())
                    .isEqualTo(ExitCode.CONFIGURATION);
        } finally {
            other.destroyForcibly().waitFor();
        }
        claim().close();

        assertThat(directory.resolve(".driver")).doesNotExist();
    }

    @Test
    void shouldTakeOverWhenAnotherProcessHasTheNumberOfTheOwnerNow() throws IOException, InterruptedException {
        Process other = new ProcessBuilder("sleep", "60").start();
        try {
            long startMs = other.info().startInstant().orElseThrow().toEpochMilli();
            write(new Owner(Owner.self().host(), other.pid(), startMs - 60_000));

            claim();
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(written()).isEqualTo(Owner.self().toString());
    }

    @Test
    void shouldTakeOverWhenTheOwnerIsOnAnotherHostOrTheFileIsNoOwner() throws IOException {
        write(new Owner("elsewhere", ProcessHandle.current().pid(), 1));
        claim();
        assertThat(written()).isEqualTo(Owner.self().toString());

        Files.writeString(directory.resolve(".driver"), "host pid start");
        claim();
        assertThat(written()).isEqualTo(Owner.self().toString());
    }

    @Test
    void shouldGiveEachRunADirectoryOfItsOwnWhenSeveralStartWithinASecond() {
        String parent = directory.resolve("runs").toString();

        assertThat(RunDirectory.fresh(parent, "20261122-034500", new Configuration()))
                .isEqualTo(parent + "/20261122-034500");
        assertThat(RunDirectory.fresh(parent, "20261122-034500", new Configuration()))
                .isEqualTo(parent + "/20261122-034500-2");
        assertThat(directory.resolve("runs/20261122-034500-2")).isDirectory();
    }

    private RunOwner claim() {
        return new RunDirectory(directory.toString(), new Configuration()).claim();
    }

    private void write(Owner owner) throws IOException {
        Files.writeString(directory.resolve(".driver"), owner.toString());
    }

    private String written() throws IOException {
        return Files.readString(directory.resolve(".driver"), UTF_8);
    }
}
