package dev.dropwise.driver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.config.UpdaterConfig;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The defaults of options and what configurations call usual are the same, or runs would warn of options that nobody typed. */
class UsualOptionsTest {
    @Test
    void shouldBeTheUsualOnesWhenNothingIsTyped() {
        TrainConfig config = CommandLine.populateCommand(new TrainOptions()).config(1, new Configuration());

        assertThat(config.updater()).isEqualTo(UpdaterConfig.USUAL);
        assertThat(config.model().activation()).isEqualTo(Activation.USUAL);
        assertThat(config.model().regularisation()).isEqualTo(Regularisation.NONE);
    }
}
