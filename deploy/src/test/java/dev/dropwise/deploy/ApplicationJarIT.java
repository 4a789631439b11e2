package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is in the thin application jar and what lies beside it. */
@Timeout(300)
final class ApplicationJarIT {
    @Test
    void shouldHoldNoClassThatSparkHasWhenPackaged() throws IOException {
        Set<String> sparks = new HashSet<>();
        for (Path jar : jarsIn(Checkout.sparkHome().resolve("jars"))) {
            sparks.addAll(classesOf(jar));
        }

        Set<String> ours = classesOf(Checkout.applicationJar());

        assertThat(sparks).contains("org/apache/spark/SparkContext.class", "org/slf4j/Logger.class");
        assertThat(ours).contains("dev/dropwise/driver/cli/Main.class", "org/nd4j/linalg/factory/Nd4j.class");
        assertThat(ours.stream().filter(sparks::contains)).isEmpty();
    }

    @Test
    void shouldHoldNoNativeMathWhenPackaged() throws IOException {
        try (JarFile jar = new JarFile(Checkout.applicationJar().toFile())) {
            assertThat(jar.stream().map(ZipEntry::getName))
                    .noneMatch(name -> name.matches(".*(nd4jcpu|openblas|javacpp|gomp)[^/]*\\.(so|dll|dylib).*"));
        }
        assertThat(Files.size(Checkout.applicationJar())).isLessThan(64L << 20);
    }

    @Test
    void shouldNameExactlyTheNativeJarsBesideItWhenAsked() throws IOException {
        Set<String> beside = jarsIn(Checkout.nativeJars()).stream()
                .map(jar -> "native/" + jar.getFileName())
                .collect(Collectors.toSet());

        try (JarFile jar = new JarFile(Checkout.applicationJar().toFile())) {
            Properties list = new Properties();
            list.load(jar.getInputStream(jar.getEntry("META-INF/dropwise/native.properties")));
            Attributes manifest = jar.getManifest().getMainAttributes();

            assertThat(list.values().stream().map(Object::toString)).containsExactlyInAnyOrderElementsOf(beside);
            assertThat(list.stringPropertyNames())
                    .containsExactlyInAnyOrder(
                            "javacpp",
                            "openblas",
                            "linux-x86_64-onednn",
                            "linux-x86_64-onednn-avx2",
                            "linux-x86_64-onednn-avx512");
            assertThat(Arrays.asList(
                            manifest.getValue(Attributes.Name.CLASS_PATH).split(" ", -1)))
                    .containsExactlyInAnyOrderElementsOf(beside);
            assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS)).isEqualTo("dev.dropwise.driver.cli.Main");
        }
    }

    @Test
    void shouldHoldOneVersionOfEachJarWhenSparkIsAssembled() throws IOException {
        List<String> artifacts = jarsIn(Checkout.sparkHome().resolve("jars")).stream()
                .map(jar -> Objects.requireNonNull(jar.getFileName()).toString())
                // Netty's native parts differ by platform behind the version.
                .map(name -> name.replaceFirst("-\\d[^-]*(?:-jre|-to-avoid-conflict-with-guava)?(.*)\\.jar$", "$1"))
                .toList();

        assertThat(artifacts).doesNotHaveDuplicates().hasSizeGreaterThan(100);
    }

    private static List<Path> jarsIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    private static Set<String> classesOf(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            return jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                    .collect(Collectors.toSet());
        }
    }
}
