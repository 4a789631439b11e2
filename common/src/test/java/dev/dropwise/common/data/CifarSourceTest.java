package dev.dropwise.common.data;

import static dev.dropwise.common.data.IdxSourceTest.assertBadData;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CifarSourceTest {
    private static final int COUNT = 4;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldReadAcrossBatchesWhenIndicesSpanFiles(String suffix) throws IOException {
        DataFiles.writeCifar(directory, COUNT, suffix);
        ImageSource source = open();
        // The last of batch 1, none of batch 2, the first and third of batch 3, the last of batch 5.
        int[] wanted = {3, 8, 10, 19};

        Examples examples = source.read(Split.TRAIN, wanted);

        assertThat(source.shape()).isEqualTo(new ImageShape(3, 32, 32));
        assertThat(source.size(Split.TRAIN)).isEqualTo(5 * COUNT);
        assertThat(source.size(Split.TEST)).isEqualTo(COUNT);
        assertThat(examples.labels()).containsExactly(3, 0, 2, 3);
        for (int i = 0; i < wanted.length; i++) {
            byte[] batch = DataFiles.cifar(COUNT, 1 + wanted[i] / COUNT);
            int from = wanted[i] % COUNT * DataFiles.CIFAR_RECORD_BYTES + 1;
            assertThat(Arrays.copyOfRange(examples.pixels(), i * 3072, (i + 1) * 3072))
                    .isEqualTo(Arrays.copyOfRange(batch, from, from + 3072));
        }
    }

    @Test
    void shouldCountEachFileWhenBatchesDifferInLength() throws IOException {
        DataFiles.writeCifar(directory, COUNT, ".gz");
        DataFiles.write(directory, "data_batch_2.bin.gz", DataFiles.cifar(7, 2));

        ImageSource source = open();

        assertThat(source.size(Split.TRAIN)).isEqualTo(4 * COUNT + 7);
        assertThat(source.read(Split.TRAIN, new int[] {10, 11}).labels()).containsExactly(6, 0);
    }

    @Test
    void shouldFindThePublishedDirectoryWhenItLiesInside() throws IOException {
        DataFiles.writeCifar(directory.resolve("cifar-10-batches-bin"), COUNT, "");

        assertThat(open().size(Split.TEST)).isEqualTo(COUNT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldNameTheLengthWhenItIsNoMultipleOfARecord(String suffix) throws IOException {
        DataFiles.writeCifar(directory, COUNT, suffix);
        DataFiles.write(directory, "data_batch_3.bin" + suffix, Arrays.copyOf(DataFiles.cifar(COUNT, 3), 12_291));

        assertBadData(
                this::open,
                "data_batch_3.bin" + suffix + ": expected a length that is a multiple of 3073,"
                        + " found 12291 bytes = 3 records and 3072 bytes",
                "dropwise data fetch cifar10");
    }

    @Test
    void shouldRefuseWhenTheGzipStreamIsCut() throws IOException {
        DataFiles.writeCifar(directory, COUNT, ".gz");
        Path file = directory.resolve("test_batch.bin.gz");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 5000));

        assertBadData(this::open, "test_batch.bin.gz: expected a length that is a multiple of 3073");
    }

    @Test
    void shouldRefuseWhenABatchIsEmpty() throws IOException {
        DataFiles.writeCifar(directory, COUNT, "");
        DataFiles.write(directory, "test_batch.bin", new byte[0]);

        assertBadData(this::open, "test_batch.bin", "found 0 bytes");
    }

    @Test
    void shouldNameLabelAndRecordWhenALabelIsOutsideTheClasses() throws IOException {
        DataFiles.writeCifar(directory, COUNT, "");
        byte[] records = DataFiles.cifar(COUNT, 2);
        records[2 * DataFiles.CIFAR_RECORD_BYTES] = 10;
        DataFiles.write(directory, "data_batch_2.bin", records);
        ImageSource source = open();

        assertThat(source.read(Split.TRAIN, new int[] {4, 5}).count()).isEqualTo(2);
        assertBadData(
                () -> source.read(Split.TRAIN, new int[] {6}),
                "data_batch_2.bin: expected labels 0..9, found label 10 at example 2");
    }

    @Test
    void shouldRefuseWhenAFileGrowsAfterItWasOpened() throws IOException {
        DataFiles.writeCifar(directory, COUNT, "");
        ImageSource source = open();
        DataFiles.write(directory, "test_batch.bin", DataFiles.cifar(COUNT + 1, 6));

        assertThat(source.read(Split.TEST, new int[] {COUNT - 2}).count()).isOne();
        assertBadData(
                () -> source.read(Split.TEST, new int[] {COUNT - 1}),
                "test_batch.bin: expected 4 records = 12292 bytes, found 15365");
    }

    @Test
    void shouldListTheMissingWhenABatchIsNotThere() throws IOException {
        DataFiles.writeCifar(directory, COUNT, "");
        Files.delete(directory.resolve("data_batch_4.bin"));

        assertBadData(this::open, "found no data_batch_4.bin[.gz]", "dropwise data fetch cifar10");
    }

    private ImageSource open() {
        return DataSets.open(
                new DataConfig("cifar10", directory.toString(), Holdout.parse("0"), 0), new Configuration());
    }
}
