package dev.dropwise.common.data;

import static dev.dropwise.common.data.IdxSourceTest.assertBadData;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {
    @TempDir
    Path directory;

    @Test
    void shouldDrawDigitsWhenNoDirectoryIsGiven() {
        ImageSource digits = open("digits", "");

        assertThat(digits.size(Split.TRAIN)).isEqualTo(12_000);
        assertThat(digits.size(Split.TEST)).isEqualTo(2_000);
        assertThat(digits.shape()).isEqualTo(new ImageShape(1, 28, 28));
        Examples some = digits.read(Split.TRAIN, new int[] {5, 11_999});
        Examples more = digits.read(Split.TRAIN, IntStream.range(11_990, 12_000).toArray());
        assertThat(some.count()).isEqualTo(2);
        assertThat(some.pixels()).endsWith(Arrays.copyOfRange(more.pixels(), 9 * 784, 10 * 784));
        assertThat(digits.fingerprint()).isEqualTo(open("digits", "").fingerprint());
    }

    @Test
    void shouldRecogniseTheFormatWhenTheNameIsAPath() throws IOException {
        DataFiles.writeMnist(directory.resolve("a"), 3, 2, ".gz");
        DataFiles.writeCifar(directory.resolve("b"), 2, "");

        ImageSource grey = open(directory.resolve("a").toString(), "");
        ImageSource colour = open("file:" + directory.resolve("b"), "");

        assertThat(grey.shape().channels()).isEqualTo(1);
        assertThat(grey.name()).isEqualTo(directory.resolve("a").toString());
        assertThat(colour.shape().channels()).isEqualTo(3);
    }

    @Test
    void shouldPreferThePlainFileWhenBothAreThere() throws IOException {
        DataFiles.writeMnist(directory, 3, 2, ".gz");
        DataFiles.writeMnist(directory, 5, 4, "");

        assertThat(open("mnist", directory.toString()).size(Split.TRAIN)).isEqualTo(5);
    }

    @Test
    void shouldFindTheSetWhenItLiesUnderItsName() throws IOException {
        DataFiles.writeMnist(directory.resolve("mnist"), 3, 2, "");

        assertThat(open("mnist", directory.toString()).size(Split.TRAIN)).isEqualTo(3);
    }

    @Test
    void shouldSayWhereItLookedWhenNothingIsThere() {
        String missing = directory.resolve("nowhere").toString();

        assertBadData(
                () -> open("mnist", missing),
                missing + " (not there or empty)",
                missing + "/mnist (not there or empty)",
                "train-images-idx3-ubyte",
                "dropwise data fetch mnist --data-dir " + missing,
                "DROPWISE_DATA");
        assertBadData(() -> open("cifar10", missing), missing + "/cifar10/cifar-10-batches-bin", "data_batch_1.bin");
        assertBadData(() -> open("mnits", ""), "mnits: expected", "or name one of [digits, mnist, cifar10]");
        assertBadData(() -> open("mnist", ""), "--data-dir");
        assertBadData(() -> open("", ""), "data '': expected a path of a directory");
    }

    @Test
    void shouldFailAsInputOutputWhenTheSchemeIsUnknown() {
        assertThatThrownBy(() -> open("mnist", "ftq://host/mnist"))
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.IO))
                .hasMessageContaining("ftq");
    }

    @Test
    void shouldResolveTheDirectoryWhenItIsGivenNamedOrInherited() {
        Map<String, String> environment = Map.of("DROPWISE_DATA", "/data");

        assertThat(DataSets.directoryOf(config("digits", "/x"), environment)).isEmpty();
        assertThat(DataSets.directoryOf(config("mnist", "s3a://b/m"), environment))
                .isEqualTo("s3a://b/m");
        assertThat(DataSets.directoryOf(config("mnist", ""), environment)).isEqualTo("/data/mnist");
        assertThat(DataSets.directoryOf(config("cifar10", ""), Map.of("DROPWISE_DATA", "hdfs:///d/")))
                .isEqualTo("hdfs:///d/cifar10");
        assertThat(DataSets.directoryOf(config("/my/set", ""), environment)).isEqualTo("/my/set");
        assertBadData(() -> DataSets.directoryOf(config("mnist", ""), Map.of()), "--data-dir", "DROPWISE_DATA");
    }

    private static ImageSource open(String name, String directory) {
        return DataSets.open(config(name, directory), new Configuration());
    }

    private static DataConfig config(String name, String directory) {
        return new DataConfig(name, directory, Holdout.parse("0"), 0);
    }
}
