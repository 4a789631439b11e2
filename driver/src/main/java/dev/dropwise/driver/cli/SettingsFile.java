package dev.dropwise.driver.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.driver.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Option values that were not typed: those of {@code --config FILE}, YAML whose keys are option names without dashes, and for
 * {@code train --resume} those of the run that goes on. What is typed wins over the file, and the file over the earlier run.
 */
final class SettingsFile implements IDefaultValueProvider {
    private static final String PREFIX = "--";

    private final Map<String, String> values;

    private SettingsFile(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads what {@code arguments} refer to.
     *
     * @param command that they call
     * @throws DropwiseException when the file cannot be read or has a key that the command does not know
     */
    static SettingsFile of(List<String> arguments, CommandSpec command) {
        Map<String, String> file =
                valueOf(arguments, "--config").map(name -> read(name, command)).orElse(Map.of());
        Map<String, String> values = new LinkedHashMap<>();
        if (isSet("--resume", arguments, file)) {
            valueOf(arguments, "--out")
                    .or(() -> Optional.ofNullable(file.get("out")))
                    .ifPresent(out -> values.putAll(earlier(out)));
        }
        values.putAll(file);
        return new SettingsFile(values);
    }

    /** Whether a flag, which may have a value, is set by {@code arguments} or, where they do not say, by the file. */
    private static boolean isSet(String flag, List<String> arguments, Map<String, String> file) {
        for (int i = arguments.size() - 1; i >= 0; i--) {
            String each = arguments.get(i);
            if (each.equals(flag)) {
                return i + 1 == arguments.size() || !arguments.get(i + 1).equalsIgnoreCase("false");
            }
            if (each.startsWith(flag + "=")) {
                return Boolean.parseBoolean(each.substring(flag.length() + 1));
            }
        }
        return Boolean.parseBoolean(file.get(flag.substring(PREFIX.length())));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? values.get(option.longestName().substring(PREFIX.length()))
                : null;
    }

    /** The value that follows {@code option}, in either spelling, among {@code arguments}. */
    static Optional<String> valueOf(List<String> arguments, String option) {
        for (int i = arguments.size() - 1; i >= 0; i--) {
            String each = arguments.get(i);
            if (each.startsWith(option + "=")) {
                return Optional.of(each.substring(option.length() + 1));
            }
            if (each.equals(option) && i + 1 < arguments.size()) {
                return Optional.of(arguments.get(i + 1));
            }
        }
        return Optional.empty();
    }

    private static Map<String, String> earlier(String out) {
        Map<String, String> options = new LinkedHashMap<>(new RunDirectory(out, HadoopProperties.configuration())
                .document()
                .map(document -> document.config())
                .orElse(Map.of()));
        // As many as workers is what nobody asked for, and would forbid to go on with fewer.
        options.remove("min-workers", options.get("workers"));
        return options;
    }

    private static Map<String, String> read(String file, CommandSpec command) {
        Map<String, String> values = new LinkedHashMap<>();
        try {
            Map<?, ?> yaml =
                    new ObjectMapper(new YAMLFactory()).readValue(Path.of(file).toFile(), Map.class);
            if (yaml != null) {
                yaml.forEach((key, value) -> values.put(known(file, key.toString(), command), String.valueOf(value)));
            }
        } catch (IOException e) {
            throw DropwiseException.configuration(
                    "--config " + file + ": expected YAML with option names as keys, found: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("nothing readable"));
        }
        return values;
    }

    private static String known(String file, String key, CommandSpec command) {
        if (command.optionsMap().containsKey(PREFIX + key)) {
            return key;
        }
        String nearest = command.optionsMap().keySet().stream()
                .filter(name -> name.startsWith(PREFIX))
                .map(name -> name.substring(PREFIX.length()))
                .min(Comparator.comparingInt((String name) ->
                        LevenshteinDistance.getDefaultInstance().apply(name, key)))
                .orElse("none");
        throw DropwiseException.configuration("--config " + file + ": unknown key '" + key + "'; nearest: " + nearest);
    }
}
