package dev.dropwise.common.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.failure.DropwiseException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

@Timeout(60)
class KernelSettingsTest {
    private final KernelClass strongest = KernelClass.strongestOf(CpuFeatures.detect());

    @TempDir
    Path scratch;

    /** Settles its first argument, after touching ND4J when there is a second; prints OpenBLAS's own name. */
    public static final class Settler {
        private Settler() {}

        public static void main(String[] arguments) {
            if (arguments.length > 1) {
                Nd4j.create(1);
            }
            KernelSettings.settle(KernelClass.parse(arguments[0]));
            System.out.println("core=" + KernelSettings.loadedCoreType() + " threads="
                    + Nd4j.getEnvironment().maxThreads());
        }
    }

    @Test
    void shouldRunOnTheStrongestKernelsWhenTheTestSessionHasSettledThem() {
        assertThat(KernelSettings.loadedCoreType())
                .isEqualTo(strongest.coreType().label());
        assertThat(Nd4j.getEnvironment().maxThreads()).isEqualTo(1);
    }

    @Test
    void shouldDoNothingWhenTheSameClassIsSettledAgain() {
        KernelSettings.settle(strongest);

        assertThat(System.getProperty(KernelSettings.PROPERTY)).isEqualTo(strongest.toString());
    }

    @Test
    void shouldNameBothClassesWhenAnotherOneIsSettled() {
        KernelClass other = new KernelClass(strongest.build(), strongest.coreType(), 7);

        assertThatThrownBy(() -> KernelSettings.settle(other))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining(strongest.toString())
                .hasMessageContaining(other.toString());
    }

    @Test
    void shouldIgnoreTheInheritedCoreTypeWhenTheEnvironmentNamesOne() throws Exception {
        assertThat(run(System.getProperty("java.class.path"), "onednn/Nehalem/2"))
                .contains("core=Nehalem threads=2");
    }

    @Test
    void shouldRefuseWhenNd4jWasLoadedBefore() throws Exception {
        assertThat(run(System.getProperty("java.class.path"), "onednn/Nehalem/1", "touch"))
                .contains("ND4J was loaded before the kernel class was settled");
    }

    @Test
    void shouldNameTheJarWhenTheNativeBuildIsNotOnTheClassPath() throws Exception {
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.endsWith("-onednn.jar"))
                .collect(Collectors.joining(File.pathSeparator));

        assertThat(run(without, "onednn/Nehalem/1"))
                .contains("add the jar nd4j-native-VERSION-linux-x86_64-onednn.jar");
    }

    private String run(String classPath, String... arguments) throws IOException, InterruptedException {
        Path output = scratch.resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                Settler.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("OPENBLAS_CORETYPE", "Sandybridge");
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(45, TimeUnit.SECONDS))
                    .as("ended in 45 s")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, UTF_8);
    }
}
