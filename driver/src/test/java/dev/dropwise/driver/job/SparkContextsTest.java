package dev.dropwise.driver.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.util.Utils;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

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
    void shouldGiveApplicationsOfEmbeddedClustersThatStartInOneSecondNamesOfTheirOwn() {
        SparkConf embedded = new SparkConf(false).set("spark.master", "local-cluster[2,1,1024]");

        assertThat(SparkContexts.conf(embedded, "test").get("spark.deploy.appIdPattern"))
                .isEqualTo("app-%s-%04d-" + ProcessHandle.current().pid());
        assertThat(SparkContexts.conf(new SparkConf(false).set("spark.master", "spark://h:7077"), "test")
                        .contains("spark.deploy.appIdPattern"))
                .isFalse();
    }

    @Test
    void shouldHandExecutorsTheArchiveThatThisJvmStartedFrom() {
        assertThat(SparkContexts.classArchive(List.of("-Xmx1g", "-XX:SharedArchiveFile=/spark/a.jsa", "-Da=b")))
                .contains("-XX:SharedArchiveFile=/spark/a.jsa");
        assertThat(SparkContexts.classArchive(List.of("-Xmx1g"))).isEmpty();
        String spaced = "-XX:SharedArchiveFile=/home/x y/a.jsa";
        assertThat(CollectionConverters.asJava(Utils.splitCommandString(
                        SparkContexts.classArchive(List.of(spaced)).orElseThrow())))
                .containsExactly(spaced);
        assertThat(SparkContexts.classArchive(List.of("-XX:SharedArchiveFile=/\"/a.jsa")))
                .isEmpty();
    }
}
