package dev.dropwise.driver.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.spark.package$;
import picocli.CommandLine.IVersionProvider;

/** What is running, for {@code --version} and {@code run.json}. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return all().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .toArray(String[]::new);
    }

    /** Names and versions, those of libraries as they were when this was built. */
    static Map<String, String> all() {
        Properties built = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
            built.load(Objects.requireNonNull(in, "versions.properties is part of the jar"));
        } catch (IOException e) {
            throw new UncheckedIOException("versions.properties is part of the jar", e);
        }
        Map<String, String> versions = new LinkedHashMap<>();
        for (String name : List.of("dropwise", "deeplearning4j", "aeron")) {
            versions.put(name, built.getProperty(name, "unknown"));
        }
        versions.put("spark", package$.MODULE$.SPARK_VERSION());
        versions.put("java", System.getProperty("java.runtime.version", "unknown"));
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }
}
