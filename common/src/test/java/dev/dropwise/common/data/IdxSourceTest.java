package dev.dropwise.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.DataConfig;
import dev.dropwise.common.config.Holdout;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxSourceTest {
    private static final int TRAIN = 30;
    private static final int TEST = 20;
    private static final byte[] TRAIN_PIXELS = DataFiles.noise(TRAIN * 784, 1);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldReadWhatWasWrittenWhenAllIsWanted(String suffix) throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, suffix);

        ImageSource source = open();

        assertThat(source.shape()).isEqualTo(new ImageShape(1, 28, 28));
        assertThat(source.classes()).isEqualTo(10);
        assertThat(source.size(Split.TRAIN)).isEqualTo(TRAIN);
        assertThat(source.size(Split.TEST)).isEqualTo(TEST);
        assertThat(source.read(Split.TRAIN, range(0, TRAIN)).pixels()).isEqualTo(TRAIN_PIXELS);
        assertThat(source.read(Split.TRAIN, range(0, TRAIN)).labels()).isEqualTo(DataFiles.labels(TRAIN));
        assertThat(source.read(Split.TEST, range(0, TEST)).pixels()).isEqualTo(DataFiles.noise(TEST * 784, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldKeepOnlyTheWantedWhenIndicesHaveGaps(String suffix) throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, suffix);
        int[] wanted = {3, 4, 5, 11, 28, 29};

        Examples examples = open().read(Split.TRAIN, wanted);

        assertThat(examples.labels()).containsExactly(3, 4, 5, 1, 8, 9);
        for (int i = 0; i < wanted.length; i++) {
            assertThat(Arrays.copyOfRange(examples.pixels(), i * 784, (i + 1) * 784))
                    .isEqualTo(Arrays.copyOfRange(TRAIN_PIXELS, wanted[i] * 784, (wanted[i] + 1) * 784));
        }
    }

    @Test
    void shouldReadNothingWhenNothingIsWanted() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");

        assertThat(open().read(Split.TEST, new int[0]).count()).isZero();
    }

    @Test
    void shouldRefuseIndicesWhenTheyDoNotAscendInRange() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, "");
        ImageSource source = open();

        for (int[] wrong : new int[][] {{-1}, {TRAIN}, {2, 2}, {3, 1}}) {
            assertThatThrownBy(() -> source.read(Split.TRAIN, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ascend strictly in 0 until 30");
        }
    }

    @Test
    void shouldHaveOneFingerprintWhenTheSameDataIsGzipped() throws IOException {
        DataFiles.writeMnist(directory.resolve("plain"), TRAIN, TEST, "");
        DataFiles.writeMnist(directory.resolve("gz"), TRAIN, TEST, ".gz");
        DataFiles.writeMnist(directory.resolve("other"), TRAIN, TEST, "");
        byte[] changed = DataFiles.labels(TEST);
        changed[7] = 0;
        DataFiles.write(directory.resolve("other"), "t10k-labels-idx1-ubyte", DataFiles.idxLabels(changed));

        String plain = open(directory.resolve("plain")).fingerprint();

        assertThat(plain).matches("sha256:[0-9a-f]{64}");
        assertThat(open(directory.resolve("gz")).fingerprint()).isEqualTo(plain);
        assertThat(open(directory.resolve("other")).fingerprint()).isNotEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldNameBothMagicsWhenTheMagicIsWrong(String suffix) throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, suffix);
        DataFiles.write(
                directory,
                "t10k-images-idx3-ubyte" + suffix,
                DataFiles.idx(0x802, new int[] {TEST, 28, 28}, new byte[0]));

        assertBadData(
                this::open,
                "t10k-images-idx3-ubyte" + suffix + ": expected IDX magic 0x00000803",
                "found 0x00000802",
                "dropwise data fetch mnist");
    }

    @Test
    void shouldNameExpectedAndFoundBytesWhenPlainImagesAreTruncated() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, "");
        cut("train-images-idx3-ubyte", 1);

        assertBadData(
                this::open,
                "train-images-idx3-ubyte: expected 30x28x28 = 23520 bytes after the header, found 23519",
                "delete it and run `dropwise data fetch mnist");
    }

    @Test
    void shouldNameExpectedAndFoundBytesWhenGzippedDataIsTooShort() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");
        DataFiles.write(
                directory,
                "train-images-idx3-ubyte.gz",
                DataFiles.idxImages(TRAIN, Arrays.copyOf(TRAIN_PIXELS, 23_519)));

        assertBadData(
                this::open,
                "train-images-idx3-ubyte.gz: expected 30x28x28 = 23520 bytes after the header, found 23519");
    }

    @Test
    void shouldRefuseWhenTheGzipStreamItselfIsCut() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");
        cut("train-images-idx3-ubyte.gz", 1000);

        // Noise does not compress: a thousand bytes less of gzip are about a thousand bytes less of image.
        assertBadData(
                this::open, "train-images-idx3-ubyte.gz: expected 30x28x28 = 23520 bytes after the header, found 22");
    }

    @Test
    void shouldRefuseWhenAFileChangesAfterItWasOpened() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");
        ImageSource source = open();
        cut("train-images-idx3-ubyte.gz", 1000);

        assertThat(source.read(Split.TRAIN, range(0, 20)).count()).isEqualTo(20);
        assertBadData(
                () -> source.read(Split.TRAIN, range(20, TRAIN)),
                "train-images-idx3-ubyte.gz: expected 30x28x28 = 23520 bytes after the header, found 22",
                "in a cut gzip stream");
    }

    @Test
    void shouldRefuseWhenTheGzipChecksumIsWrong() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");
        Path file = directory.resolve("t10k-images-idx3-ubyte.gz");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 8] ^= 1;
        Files.write(file, bytes);
        ImageSource source = open();

        assertBadData(
                () -> source.read(Split.TEST, new int[] {TEST - 1}),
                "t10k-images-idx3-ubyte.gz: expected 20x28x28 = 15680 bytes",
                "in a damaged gzip stream");
    }

    @Test
    void shouldAcceptSeveralGzipMembersWhenTogetherTheyAreWhole() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");
        byte[] whole = DataFiles.idxImages(TRAIN, TRAIN_PIXELS);
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        members.write(DataFiles.gzip(Arrays.copyOf(whole, 9_999)));
        members.write(DataFiles.gzip(Arrays.copyOfRange(whole, 9_999, whole.length)));
        Files.write(directory.resolve("train-images-idx3-ubyte.gz"), members.toByteArray());

        assertThat(open().read(Split.TRAIN, range(0, TRAIN)).pixels()).isEqualTo(TRAIN_PIXELS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldRefuseWhenBytesTrail(String suffix) throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, suffix);
        DataFiles.write(
                directory,
                "t10k-labels-idx1-ubyte" + suffix,
                DataFiles.idx(0x801, new int[] {TEST}, DataFiles.labels(TEST + 3)));

        assertBadData(
                this::open, "t10k-labels-idx1-ubyte" + suffix + ": expected 20 = 20 bytes after the header, found 23");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldNameLabelAndExampleWhenALabelIsOutsideTheClasses(String suffix) throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, suffix);
        byte[] labels = DataFiles.labels(TRAIN);
        labels[17] = 10;
        labels[18] = (byte) 255;
        DataFiles.write(directory, "train-labels-idx1-ubyte" + suffix, DataFiles.idxLabels(labels));
        ImageSource source = open();

        assertBadData(
                () -> source.read(Split.TRAIN, range(0, TRAIN)),
                "train-labels-idx1-ubyte" + suffix + ": expected labels 0..9, found label 10 at example 17");
        assertBadData(() -> source.read(Split.TRAIN, new int[] {18}), "found label 255 at example 18");
    }

    @Test
    void shouldNameBothCountsWhenImagesAndLabelsDiffer() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, "");
        DataFiles.write(directory, "train-labels-idx1-ubyte", DataFiles.idxLabels(DataFiles.labels(29)));

        assertBadData(
                this::open,
                "train-labels-idx1-ubyte: expected 30 labels, one for each image of train-images-idx3-ubyte, found 29 labels");
    }

    @Test
    void shouldRefuseWhenMnistHasOtherDimensions() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, "");
        for (String part : new String[] {"train", "t10k"}) {
            int count = part.equals("train") ? TRAIN : TEST;
            DataFiles.write(
                    directory,
                    part + "-images-idx3-ubyte",
                    DataFiles.idx(0x803, new int[] {count, 14, 56}, new byte[count * 784]));
        }

        assertBadData(this::open, "height=28, width=28", "found ImageShape[channels=1, height=14, width=56]");
        assertThat(open("", directory).shape()).isEqualTo(new ImageShape(1, 14, 56));
    }

    @Test
    void shouldRefuseWhenDimensionsAreAbsurd() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, "");
        DataFiles.write(
                directory,
                "train-images-idx3-ubyte",
                DataFiles.idx(0x803, new int[] {1, Integer.MAX_VALUE, Integer.MAX_VALUE}, new byte[9]));
        assertBadData(this::open, "bytes an example", "2147483647");

        DataFiles.write(
                directory, "train-images-idx3-ubyte", DataFiles.idx(0x803, new int[] {-1, 28, 28}, new byte[9]));
        assertBadData(this::open, "dimension 0 of 4294967295");
    }

    @Test
    void shouldRefuseWhenTheHeaderIsCutOrTheFileIsNoGzip() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, "");
        Files.write(directory.resolve("train-images-idx3-ubyte"), new byte[] {0, 0, 8, 3, 0});
        assertBadData(this::open, "train-images-idx3-ubyte: expected 16 bytes of IDX header, found 5");

        Files.delete(directory.resolve("train-images-idx3-ubyte"));
        Files.writeString(directory.resolve("train-images-idx3-ubyte.gz"), "<html>404 not found, sorry</html>");
        assertBadData(this::open, "train-images-idx3-ubyte.gz: expected a gzip stream, found none: Not in GZIP format");
    }

    @Test
    void shouldListTheMissingWhenAFileIsNotThere() throws IOException {
        DataFiles.writeMnist(directory, TRAIN, TEST, ".gz");
        Files.delete(directory.resolve("t10k-labels-idx1-ubyte.gz"));

        assertBadData(
                this::open, "found no t10k-labels-idx1-ubyte[.gz]", directory.toString(), "dropwise data fetch mnist");
    }

    private ImageSource open() {
        return open(directory);
    }

    private static ImageSource open(Path directory) {
        return open("mnist", directory);
    }

    private static ImageSource open(String name, Path directory) {
        String named = name.isEmpty() ? directory.toString() : name;
        return DataSets.open(new DataConfig(named, directory.toString(), Holdout.parse("0"), 0), new Configuration());
    }

    private void cut(String name, int bytes) throws IOException {
        Path file = directory.resolve(name);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - bytes));
    }

    private static int[] range(int from, int end) {
        return IntStream.range(from, end).toArray();
    }

    static void assertBadData(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DropwiseException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContainingAll(parts);
    }
}
