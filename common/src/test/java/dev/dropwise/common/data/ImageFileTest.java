package dev.dropwise.common.data;

import static dev.dropwise.common.data.IdxSourceTest.assertBadData;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    private static final int COUNT = 4;
    private static final int GZIP_TRAILER_BYTES = 8;

    @TempDir
    private Path directory;

    @Test
    void shouldRefuseImagesOfAGzippedBatchWhenItsChecksumIsNotThatOfItsBytes() throws IOException {
        DataFiles.write(directory, "images.bin.gz", DataFiles.cifar(COUNT, 1));
        Path file = directory.resolve("images.bin.gz");
        assertThat(open(file).read(0, COUNT).count()).isEqualTo(COUNT);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - GZIP_TRAILER_BYTES] ^= 1;
        Files.write(file, bytes);

        ImageFile damaged = open(file);

        assertThat(damaged.count()).isEqualTo(COUNT);
        assertBadData(() -> damaged.read(1, COUNT), "images.bin.gz");
    }

    private static ImageFile open(Path file) {
        return ImageFile.open(file.toString(), new Configuration());
    }
}
