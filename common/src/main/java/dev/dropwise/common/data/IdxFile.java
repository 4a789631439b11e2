package dev.dropwise.common.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * One IDX file of unsigned bytes (LeCun, Cortes and Burges, "The MNIST database"): magic 0, 0, type 8, number of dimensions;
 * a big-endian 32-bit size for each dimension; then the data, the last dimension fastest.
 */
final class IdxFile {
    private static final int UNSIGNED_BYTE = 0x08;
    private static final int LARGEST_EXAMPLE_BYTES = 1 << 24;

    private final DataFile file;
    private final int[] sizes;
    private final int headerBytes;

    private IdxFile(DataFile file, int[] sizes, int headerBytes) {
        this.file = file;
        this.sizes = sizes;
        this.headerBytes = headerBytes;
    }

    /** Reads the header and checks it against the length of the file. */
    static IdxFile open(DataFile file, int dimensions) {
        int headerBytes = Integer.BYTES * (1 + dimensions);
        byte[] bytes = new byte[headerBytes];
        try (DataReader in = file.open()) {
            in.expect(headerBytes + " bytes of IDX header", 0);
            in.read(bytes, 0, headerBytes);
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int magic = header.getInt();
        if (magic != (UNSIGNED_BYTE << 8 | dimensions)) {
            throw file.broken(
                    String.format(
                            "IDX magic 0x%08x (unsigned bytes, %d dimensions)",
                            UNSIGNED_BYTE << 8 | dimensions, dimensions),
                    String.format("0x%08x", magic));
        }
        int[] sizes = new int[dimensions];
        for (int i = 0; i < dimensions; i++) {
            sizes[i] = header.getInt();
            if (sizes[i] < 1) {
                throw file.broken("dimensions of 1 to 2^31-1", "dimension " + i + " of " + (sizes[i] & 0xFFFFFFFFL));
            }
        }
        if (Arrays.stream(sizes).skip(1).mapToDouble(size -> size).reduce(1, (a, b) -> a * b) > LARGEST_EXAMPLE_BYTES) {
            throw file.broken(
                    "at most " + LARGEST_EXAMPLE_BYTES + " bytes an example", "dimensions " + Arrays.toString(sizes));
        }
        IdxFile idx = new IdxFile(file, sizes, headerBytes);
        idx.checkLength();
        return idx;
    }

    private void checkLength() {
        long whole = lengthBytes();
        // A gzip trailer can be wrong without harm (several members), so the stream itself has the last word.
        if (file.declaredBytes() == whole) {
            return;
        }
        long counted = file.countedBytes();
        if (counted != whole) {
            throw file.broken(expectation(), Long.toString(counted - headerBytes));
        }
    }

    DataFile file() {
        return file;
    }

    int count() {
        return sizes[0];
    }

    /** The size of dimension {@code i}; the first is the number of examples. */
    int size(int i) {
        return sizes[i];
    }

    int exampleBytes() {
        return Arrays.stream(sizes).skip(1).reduce(1, (a, b) -> a * b);
    }

    long lengthBytes() {
        return headerBytes + (long) count() * exampleBytes();
    }

    private String expectation() {
        String shape = Arrays.stream(sizes).mapToObj(Integer::toString).collect(Collectors.joining("x"));
        return shape + " = " + (lengthBytes() - headerBytes) + " bytes after the header";
    }

    /** The wanted examples one after the other; the file must end after its last example if that is wanted. */
    byte[] read(Wanted wanted) {
        int length = exampleBytes();
        byte[] bytes = new byte[wanted.bytes(length)];
        if (wanted.count() == 0) {
            return bytes;
        }
        try (DataReader in = file.open()) {
            in.expect(expectation(), headerBytes);
            for (int i = 0; i < wanted.count(); ) {
                int run = wanted.run(i);
                in.skipTo(headerBytes + (long) wanted.indices()[i] * length);
                in.read(bytes, i * length, run * length);
                i += run;
            }
            if (wanted.last() == count() - 1) {
                in.expectEnd();
            }
        }
        return bytes;
    }
}
