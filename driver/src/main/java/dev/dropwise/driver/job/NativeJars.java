package dev.dropwise.driver.job;

import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** The jars of native code that lie beside the application jar, as the list inside the application jar names them. */
public final class NativeJars {
    private static final String LIST = "/META-INF/dropwise/native.properties";

    private final Path application;
    private final Properties list;

    private NativeJars(Path application, Properties list) {
        this.application = application;
        this.list = list;
    }

    /** The jars beside the application jar; empty where the classes do not come from a jar, as in unit tests. */
    public static Optional<NativeJars> besideApplication() {
        try (InputStream in = NativeJars.class.getResourceAsStream(LIST)) {
            URI source = NativeJars.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            if (in == null || !source.getPath().endsWith(".jar")) {
                return Optional.empty();
            }
            Properties list = new Properties();
            list.load(in);
            return Optional.of(new NativeJars(Path.of(source), list));
        } catch (IOException | URISyntaxException e) {
            throw DropwiseException.io("list of native jars " + LIST + " is unreadable: build the jar again", e);
        }
    }

    /**
     * The application jar itself. Its manifest names the native jars, so an executor on this machine that has it on its
     * class path needs nothing shipped.
     */
    public Path application() {
        return application;
    }

    /**
     * The jars that an executor needs for one ND4J classifier.
     *
     * @param classifier such as {@code linux-x86_64-onednn-avx2}
     * @throws DropwiseException if the classifier is not one of those packaged, or a jar has been moved away
     */
    public List<Path> needed(String classifier) {
        List<Path> jars = new ArrayList<>();
        for (String name : List.of("javacpp", "openblas", classifier)) {
            String file = list.getProperty(name);
            if (file == null) {
                throw DropwiseException.configuration("no native build " + name + " is packaged; packaged: "
                        + list.stringPropertyNames().stream().sorted().toList());
            }
            Path jar = application.resolveSibling(file);
            if (!Files.isRegularFile(jar)) {
                throw DropwiseException.configuration(
                        "native jar is missing: expected " + jar + "; keep the directory native/ beside dropwise.jar");
            }
            jars.add(jar);
        }
        return jars;
    }
}
