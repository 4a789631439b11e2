package dev.dropwise.worker.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.storage.HadoopDeadlines;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class HadoopSettingsTest {
    @Test
    void shouldArriveWithEverySettingWhenSentToARank() {
        Configuration driver = new Configuration(false);
        driver.set("fs.s3a.endpoint", "http://there:9000");
        driver.set("dfs.replication", "1");

        Configuration rank = HadoopSettings.decode(HadoopSettings.encode(driver));

        assertThat(rank.get("fs.s3a.endpoint")).isEqualTo("http://there:9000");
        assertThat(rank.getInt("dfs.replication", 3)).isEqualTo(1);
        assertThat(rank.size()).isEqualTo(HadoopDeadlines.bounded(driver).size());
    }

    @Test
    void shouldArriveWithDeadlinesWhenTheDriverHasChosenNone() {
        Configuration rank = HadoopSettings.decode(HadoopSettings.encode(new Configuration()));

        assertThat(rank.get("ipc.client.rpc-timeout.ms")).isEqualTo("30000");
    }
}
