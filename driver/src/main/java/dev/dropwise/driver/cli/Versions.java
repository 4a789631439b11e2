package dev.dropwise.driver.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** What is running, for {@code --version} and {@code run.json}. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return all().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .toArray(String[]::new);
    }

    static Map<String, String> all() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("dropwise", of(Versions.class));
        versions.put("spark", org.apache.spark.package$.MODULE$.SPARK_VERSION());
        versions.put("java", System.getProperty("java.runtime.version", "unknown"));
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }

    private static String of(Class<?> type) {
        return Optional.ofNullable(type.getPackage().getImplementationVersion()).orElse("development");
    }
}
