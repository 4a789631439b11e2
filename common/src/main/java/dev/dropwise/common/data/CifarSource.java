package dev.dropwise.common.data;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * CIFAR-10's binary version (Krizhevsky, "Learning multiple layers of features from tiny images", 2009): records of a label
 * byte and 3072 pixel bytes, the red, green and blue planes of 32x32, in five training files and one test file.
 */
final class CifarSource implements ImageSource {
    static final List<String> NAMES = List.of(
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin",
            "test_batch.bin");
    static final String PUBLISHED_DIRECTORY = "cifar-10-batches-bin";
    private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
    private static final int CLASSES = 10;
    private static final int RECORD_BYTES = 1 + 3 * 32 * 32;

    private final String name;
    private final List<Batch> train;
    private final List<Batch> test;

    /** A file and the number of its records. */
    private record Batch(DataFile file, int count) {
        static Batch open(DataFile file) {
            long bytes = file.declaredBytes();
            if (bytes <= 0 || bytes % RECORD_BYTES != 0) {
                bytes = file.countedBytes();
            }
            if (bytes == 0 || bytes % RECORD_BYTES != 0) {
                throw file.broken(
                        "a length that is a multiple of " + RECORD_BYTES,
                        bytes + " bytes = " + bytes / RECORD_BYTES + " records and " + bytes % RECORD_BYTES + " bytes");
            }
            return new Batch(file, Math.toIntExact(bytes / RECORD_BYTES));
        }

        /** Copies the wanted records of this file behind one another, from example {@code at} of {@code to} on. */
        void read(Wanted wanted, int at, Examples to) {
            try (DataReader in = file.open()) {
                in.expect(count + " records = " + (long) count * RECORD_BYTES + " bytes", 0);
                byte[] label = new byte[1];
                for (int i = 0; i < wanted.count(); i++) {
                    int record = wanted.indices()[i];
                    in.skipTo((long) record * RECORD_BYTES);
                    in.read(label, 0, 1);
                    to.labels()[at + i] = file.checkLabel(label[0] & 0xFF, CLASSES, record);
                    in.read(to.pixels(), (at + i) * SHAPE.length(), SHAPE.length());
                }
                if (wanted.last() == count - 1) {
                    in.expectEnd();
                }
            }
        }
    }

    private CifarSource(String name, List<Batch> train, List<Batch> test) {
        this.name = name;
        this.train = train;
        this.test = test;
    }

    /** Finds the six files of {@code directory} and checks their lengths. */
    static CifarSource open(String name, DataDirectory directory) {
        List<Batch> batches = directory.files(NAMES).stream().map(Batch::open).toList();
        int last = batches.size() - 1;
        return new CifarSource(name, batches.subList(0, last), batches.subList(last, last + 1));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ImageShape shape() {
        return SHAPE;
    }

    @Override
    public int classes() {
        return CLASSES;
    }

    @Override
    public int size(Split split) {
        return batches(split).stream().mapToInt(Batch::count).reduce(0, Math::addExact);
    }

    @Override
    public Examples read(Split split, int[] sortedIndices) {
        Wanted all = Wanted.of(sortedIndices, size(split));
        int[] wanted = all.indices();
        Examples examples = new Examples(SHAPE, new byte[all.bytes(SHAPE.length())], new byte[all.count()]);
        int base = 0;
        int at = 0;
        for (Batch batch : batches(split)) {
            int first = base;
            int end = at;
            while (end < wanted.length && wanted[end] < base + batch.count()) {
                end++;
            }
            if (end > at) {
                int[] local =
                        IntStream.range(at, end).map(i -> wanted[i] - first).toArray();
                batch.read(new Wanted(local), at, examples);
            }
            base += batch.count();
            at = end;
        }
        return examples;
    }

    @Override
    public String fingerprint() {
        List<Batch> all = Stream.of(train, test).flatMap(List::stream).toList();
        return Fingerprint.of(
                "cifar",
                SHAPE,
                all.stream().map(Batch::file).toList(),
                all.stream()
                        .mapToLong(batch -> (long) batch.count() * RECORD_BYTES)
                        .toArray());
    }

    private List<Batch> batches(Split split) {
        return split == Split.TRAIN ? train : test;
    }
}
