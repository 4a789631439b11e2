package dev.dropwise.deploy.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Small data sets in the published formats, sound until a test damages one of their files. */
public final class ImageFiles {
    public static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
    public static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
    /** Images in the training files of {@link #mnist}. */
    public static final int TRAIN = 200;

    private static final int TEST = 50;
    private static final int SIDE = 28;
    private static final int CIFAR_RECORDS = 20;
    private static final int CIFAR_RECORD_BYTES = 3073;

    private final Path directory;

    private ImageFiles(Path directory) {
        this.directory = directory;
    }

    /** An MNIST-format set of noise. */
    public static ImageFiles mnist(Path directory) {
        ImageFiles files = new ImageFiles(directory);
        files.write(TRAIN_IMAGES, images(noise(TRAIN * SIDE * SIDE, 1), SIDE, SIDE));
        files.write(TRAIN_LABELS, labels(TRAIN));
        files.write("t10k-images-idx3-ubyte", images(noise(TEST * SIDE * SIDE, 2), SIDE, SIDE));
        files.write("t10k-labels-idx1-ubyte", labels(TEST));
        return files;
    }

    /** A CIFAR-10-format set of noise. */
    public static ImageFiles cifar(Path directory) {
        ImageFiles files = new ImageFiles(directory);
        for (int i = 1; i <= 6; i++) {
            byte[] records = noise(CIFAR_RECORDS * CIFAR_RECORD_BYTES, i);
            for (int record = 0; record < CIFAR_RECORDS; record++) {
                records[record * CIFAR_RECORD_BYTES] = (byte) (record % 10);
            }
            files.write(i == 6 ? "test_batch.bin" : "data_batch_" + i + ".bin", records);
        }
        return files;
    }

    /** Rewrites one file. */
    public ImageFiles damage(String name, UnaryOperator<byte[]> change) {
        try {
            write(name, change.apply(Files.readAllBytes(directory.resolve(name))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public Path directory() {
        return directory;
    }

    /** An IDX file of images: magic, count, height, width, pixels. */
    public static byte[] images(byte[] pixels, int height, int width) {
        return ByteBuffer.allocate(16 + pixels.length)
                .putInt(0x803)
                .putInt(pixels.length / (height * width))
                .putInt(height)
                .putInt(width)
                .put(pixels)
                .array();
    }

    private static byte[] labels(int count) {
        ByteBuffer buffer = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int i = 0; i < count; i++) {
            buffer.put((byte) (i % 10));
        }
        return buffer.array();
    }

    private static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private void write(String name, byte[] bytes) {
        try {
            Files.write(Files.createDirectories(directory).resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
