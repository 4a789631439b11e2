package dev.dropwise.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.driver.run.RunDirectory;
import dev.dropwise.driver.run.RunDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

class TrainCommandTest {
    @TempDir
    private Path out;

    @Test
    void shouldAskForTheRunDirectoryWhenARunIsToGoOnRatherThanBeginAnother() {
        TrainCommand command = new TrainCommand();
        new CommandLine(command).parseArgs("--resume", "--epochs", "50");

        assertThatThrownBy(command::call)
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("--resume needs --out DIR");
    }

    @Test
    void shouldLetARunGoOnWithFewerWorkersUnlessItsUserSaidHowManyAreEnough() {
        assertThat(resumed(Map.of("workers", "4", "min-workers", "4", "epochs", "20")))
                .containsEntry("epochs", "20")
                .containsEntry("workers", "4")
                .doesNotContainKey("min-workers");
        assertThat(resumed(Map.of("workers", "4", "min-workers", "3"))).containsEntry("min-workers", "3");
    }

    @Test
    void shouldTakeTheOptionsOfTheRunWhereAFileSaysWhichOneOrThatItGoesOn() throws IOException {
        Map<String, String> before = Map.of("epochs", "50", "seal", "on", "model", "lenet");
        Path file = out.resolve("nightly.yaml");
        String config = file.toString();

        Files.writeString(file, "out: " + out + "\nmodel: mlp:10\n");
        assertThat(defaults(before, "--config", config, "--resume"))
                .containsEntry("epochs", "50")
                .containsEntry("seal", "on")
                .containsEntry("model", "mlp:10");
        assertThat(defaults(before, "--config", config)).doesNotContainKey("epochs");

        Files.writeString(file, "out: " + out + "\nresume: true\n");
        assertThat(defaults(before, "--config", config)).containsEntry("epochs", "50");
        assertThat(defaults(before, "--config", config, "--resume", "false")).doesNotContainKey("epochs");
        assertThat(defaults(before, "--config", config, "--resume=false")).doesNotContainKey("epochs");
        assertThat(defaults(before, "--config", config, "--out", out.resolve("other") + "/"))
                .doesNotContainKey("epochs");
    }

    private Map<String, String> resumed(Map<String, String> options) {
        return defaults(options, "--resume", "--out", out.toString());
    }

    /** Defaults by option name, after a run with {@code options}. */
    private Map<String, String> defaults(Map<String, String> options, String... arguments) {
        new RunDirectory(out.toString(), new Configuration()).write(RunDocument.starting(options, 1, Map.of()));
        CommandSpec spec = new CommandLine(new TrainCommand()).getCommandSpec();
        SettingsFile settings = SettingsFile.of(List.of(arguments), spec);
        Map<String, String> defaults = new TreeMap<>();
        spec.options().forEach(option -> {
            String value = settings.defaultValue(option);
            if (value != null) {
                defaults.put(option.longestName().substring(2), value);
            }
        });
        return defaults;
    }
}
