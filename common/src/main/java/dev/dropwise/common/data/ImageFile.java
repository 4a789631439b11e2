package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.storage.HadoopFileSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Images without labels, to be predicted: an IDX file of images, or a CIFAR-10 batch ({@code *.bin}) whose label bytes are passed over;
 * either may be gzipped. Immutable; each {@link #read} opens the file for itself.
 */
public final class ImageFile {
    private static final ImageShape CIFAR = new ImageShape(3, 32, 32);
    private static final String REMEDY =
            "give an IDX file of images (such as t10k-images-idx3-ubyte.gz) or a CIFAR-10 batch (*.bin)";

    private final ImageShape shape;
    private final int count;
    private final Reader reader;

    private interface Reader {
        byte[] read(Wanted wanted);
    }

    private ImageFile(ImageShape shape, int count, Reader reader) {
        this.shape = shape;
        this.count = count;
        this.reader = reader;
    }

    /**
     * Opens {@code location} and checks its header and length.
     *
     * @throws DropwiseException (bad data) when there is no such file or it has neither format, (I/O) when it cannot be read
     */
    public static ImageFile open(String location, Configuration hadoop) {
        Path path = new Path(location);
        DataFile file = new DataFile(path.getName(), statusOf(path, hadoop), hadoop, REMEDY);
        if (path.getName().endsWith(".bin") || path.getName().endsWith(".bin.gz")) {
            return cifar(file);
        }
        IdxFile images = IdxFile.open(file, 3);
        return new ImageFile(new ImageShape(1, images.size(1), images.size(2)), images.count(), images::read);
    }

    private static ImageFile cifar(DataFile file) {
        int record = 1 + CIFAR.length();
        long bytes = file.countedBytes();
        if (bytes == 0 || bytes % record != 0) {
            throw file.broken("a length that is a multiple of " + record, bytes + " bytes");
        }
        int count = Math.toIntExact(bytes / record);
        return new ImageFile(CIFAR, count, wanted -> {
            byte[] pixels = new byte[wanted.bytes(CIFAR.length())];
            try (DataReader in = file.open()) {
                in.expect("records of " + record + " bytes", 0);
                for (int i = 0; i < wanted.count(); i++) {
                    in.skipTo((long) wanted.indices()[i] * record + 1);
                    in.read(pixels, i * CIFAR.length(), CIFAR.length());
                }
                if (wanted.count() > 0 && wanted.last() == count - 1) {
                    in.expectEnd();
                }
            }
            return pixels;
        });
    }

    private static FileStatus statusOf(Path path, Configuration hadoop) {
        try {
            return HadoopFileSystem.of(path, hadoop).getFileStatus(path);
        } catch (FileNotFoundException e) {
            throw DropwiseException.badData(path + ": expected a file of images, found nothing there; " + REMEDY);
        } catch (IOException e) {
            throw DropwiseException.io(path + ": cannot be read: " + e.getMessage() + "; check permissions", e);
        }
    }

    /** Shape of each image. */
    public ImageShape shape() {
        return shape;
    }

    /** How many images there are. */
    public int count() {
        return count;
    }

    /** Images {@code from} until {@code to}; their labels are 0 and mean nothing. */
    public Examples read(int from, int to) {
        int[] indices = IntStream.range(from, to).toArray();
        return new Examples(shape, reader.read(Wanted.of(indices, count)), new byte[to - from]);
    }
}
