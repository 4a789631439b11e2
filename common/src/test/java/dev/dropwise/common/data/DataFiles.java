package dev.dropwise.common.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Small data files in the published formats, sound or broken on purpose. */
final class DataFiles {
    static final int CIFAR_RECORD_BYTES = 3073;

    private DataFiles() {}

    /** A header of {@code magic} and {@code sizes}, then {@code data}. */
    static byte[] idx(int magic, int[] sizes, byte[] data) {
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * sizes.length + data.length);
        buffer.putInt(magic);
        for (int size : sizes) {
            buffer.putInt(size);
        }
        return buffer.put(data).array();
    }

    static byte[] idxImages(int count, byte[] pixels) {
        return idx(0x803, new int[] {count, 28, 28}, pixels);
    }

    static byte[] idxLabels(byte[] labels) {
        return idx(0x801, new int[] {labels.length}, labels);
    }

    /** Pixels that no compressor shrinks, so that cutting a gzip file cuts images. */
    static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** 0, 1, ... 9, 0, 1, ... */
    static byte[] labels(int count) {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 10);
        }
        return labels;
    }

    /** {@code count} CIFAR-10 records with labels 0, 1, ... and noise. */
    static byte[] cifar(int count, long seed) {
        byte[] records = noise(count * CIFAR_RECORD_BYTES, seed);
        for (int i = 0; i < count; i++) {
            records[i * CIFAR_RECORD_BYTES] = (byte) (i % 10);
        }
        return records;
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Writes {@code bytes} as {@code name}, compressed when the name ends in {@code .gz}. */
    static void write(Path directory, String name, byte[] bytes) throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve(name), name.endsWith(".gz") ? gzip(bytes) : bytes);
    }

    /** A sound MNIST-format directory. */
    static void writeMnist(Path directory, int train, int test, String suffix) throws IOException {
        write(directory, "train-images-idx3-ubyte" + suffix, idxImages(train, noise(train * 784, 1)));
        write(directory, "train-labels-idx1-ubyte" + suffix, idxLabels(labels(train)));
        write(directory, "t10k-images-idx3-ubyte" + suffix, idxImages(test, noise(test * 784, 2)));
        write(directory, "t10k-labels-idx1-ubyte" + suffix, idxLabels(labels(test)));
    }

    /** A sound CIFAR-10-format directory of six batches of {@code count} records. */
    static void writeCifar(Path directory, int count, String suffix) throws IOException {
        for (int i = 1; i <= 5; i++) {
            write(directory, "data_batch_" + i + ".bin" + suffix, cifar(count, i));
        }
        write(directory, "test_batch.bin" + suffix, cifar(count, 6));
    }
}
