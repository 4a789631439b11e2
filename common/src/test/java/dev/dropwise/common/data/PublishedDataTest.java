package dev.dropwise.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** On the real files, where DROPWISE_DATA names a directory that holds them. */
class PublishedDataTest {
    @Test
    void shouldReadMnistWhenItsFilesAreThere() {
        ImageSource mnist = open("mnist", "train-images-idx3-ubyte");

        assertThat(mnist.size(Split.TRAIN)).isEqualTo(60_000);
        assertThat(mnist.size(Split.TEST)).isEqualTo(10_000);
        Examples train = mnist.read(Split.TRAIN, IntStream.range(0, 60_000).toArray());
        Examples test = mnist.read(Split.TEST, IntStream.range(0, 10_000).toArray());
        // The first labels, counts of the digit 5 and mean pixel that every account of MNIST gives.
        assertThat(train.labels()).startsWith(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
        assertThat(test.labels()).startsWith(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
        assertThat(IntStream.range(0, 60_000).filter(i -> train.labels()[i] == 5))
                .hasSize(5421);
        // Published as 0.1307, so known to half a unit of the fourth digit.
        assertThat(mean(train, 0) / 255).isCloseTo(0.1307, within(0.00005));
    }

    @Test
    void shouldReadAShardAloneWhenMnistIsGzipped() {
        ImageSource mnist = open("mnist", "train-images-idx3-ubyte");
        Examples all = mnist.read(Split.TEST, IntStream.range(0, 10_000).toArray());

        Examples some = mnist.read(Split.TEST, new int[] {7_000, 7_001, 7_003});

        assertThat(some.labels()).containsExactly(all.labels()[7_000], all.labels()[7_001], all.labels()[7_003]);
        assertThat(some.pixels()).startsWith(Arrays.copyOfRange(all.pixels(), 7_000 * 784, 7_002 * 784));
    }

    @Test
    void shouldReadCifarWhenItsFilesAreThere() {
        ImageSource cifar = open("cifar10", "data_batch_1.bin");

        assertThat(cifar.size(Split.TRAIN)).isEqualTo(50_000);
        assertThat(cifar.size(Split.TEST)).isEqualTo(10_000);
        Examples train = cifar.read(Split.TRAIN, IntStream.range(0, 50_000).toArray());
        assertThat(IntStream.range(0, 50_000).filter(i -> train.labels()[i] == 5))
                .hasSize(5000);
        double[] published = {125.3, 123.0, 113.9};
        for (int c = 0; c < 3; c++) {
            assertThat(mean(train, c)).isCloseTo(published[c], within(0.5));
        }
    }

    private static double mean(Examples examples, int channel) {
        int plane = examples.shape().channelLength();
        long sum = 0;
        for (int i = 0; i < examples.count(); i++) {
            int from = i * examples.shape().length() + channel * plane;
            for (int p = from; p < from + plane; p++) {
                sum += examples.pixels()[p] & 0xFF;
            }
        }
        return (double) sum / plane / examples.count();
    }

    private static ImageSource open(String name, String firstFile) {
        Optional<Path> directory = Optional.ofNullable(System.getenv(DataSets.DATA_VARIABLE))
                .map(root -> Path.of(root, name))
                .filter(path -> Files.exists(path.resolve(firstFile)) || Files.exists(path.resolve(firstFile + ".gz")));
        assumeThat(directory)
                .as(
                        "skipped: needs %s in $DROPWISE_DATA/%s; DROPWISE_DATA=%s",
                        firstFile, name, System.getenv(DataSets.DATA_VARIABLE))
                .isPresent();
        DataConfig config =
                new DataConfig(name, directory.orElseThrow().toAbsolutePath().toString(), Holdout.parse("0"), 0);
        return DataSets.open(config, new Configuration());
    }
}
