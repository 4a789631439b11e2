package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkContextsTest {
    @Test
    void shouldLetTheUsersOptionsOfExecutorsComeLastAndWin() {
        SparkConf conf =
                new SparkConf(false).set("spark.executor.extraJavaOptions", "-XX:Tier4CompileThreshold=1 -Dx=y");

        String options = SparkContexts.conf(conf, "test").get("spark.executor.extraJavaOptions");

        assertThat(options).containsSubsequence("-XX:Tier4CompileThreshold=40000", "-XX:Tier4CompileThreshold=1 -Dx=y");
        assertThat(options).contains("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    @Test
    void shouldHandExecutorsTheArchiveThatThisJvmStartedFrom() {
        assertThat(SparkContexts.classArchive(List.of("-Xmx1g", "-XX:SharedArchiveFile=/spark/a.jsa", "-Da=b")))
                .contains("-XX:SharedArchiveFile=/spark/a.jsa");
        assertThat(SparkContexts.classArchive(List.of("-Xmx1g"))).isEmpty();
    }
}
