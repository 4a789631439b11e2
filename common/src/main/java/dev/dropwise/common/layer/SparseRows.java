package dev.dropwise.common.layer;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The elements of a matrix that are not zero, row by row (compressed sparse rows). Memory is kept and reused; one thread at a time.
 */
final class SparseRows {
    // Images of MNIST have between 10 and 30 % of their pixels: fewer rows would often be taken for more than all of
    // them are.
    private static final int ROWS_BEFORE_JUDGING = 32;

    private int rows;
    private int columns;
    private int[] starts = new int[1];
    private int[] column = new int[0];
    private float[] value = new float[0];
    private float[] row = new float[0];

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    /** Index of the first element of {@code row}; of {@code rows()}, one behind the last of all. */
    int start(int row) {
        return starts[row];
    }

    /** Columns of all elements, ascending within each row. */
    int[] column() {
        return column;
    }

    float[] value() {
        return value;
    }

    /**
     * Takes the elements of {@code matrix} that are not zero, unless they are many: after 32 rows, and after each further one, they
     * may be no more than {@code density} of what was seen.
     *
     * @param matrix row-major, from position 0 on
     * @return whether all were taken; if not, contents are undefined
     */
    boolean take(FloatBuffer matrix, int rows, int columns, double density) {
        reserve(
                rows,
                columns,
                Math.toIntExact((long) (density * rows * columns)) + ROWS_BEFORE_JUDGING * columns + columns);
        int count = 0;
        for (int i = 0; i < rows; i++) {
            matrix.get(i * columns, row, 0, columns);
            starts[i] = count;
            count = takeRow(count, columns);
            if (i + 1 >= ROWS_BEFORE_JUDGING && count > density * (i + 1) * columns) {
                return false;
            }
        }
        starts[rows] = count;
        return count <= density * rows * columns;
    }

    private int takeRow(int from, int length) {
        int count = from;
        for (int j = 0; j < length; j++) {
            float element = row[j];
            column[count] = j;
            value[count] = element;
            // Without a branch, which would be mispredicted all the time: 1 unless the element is 0 or -0.
            int bits = Float.floatToRawIntBits(element) << 1;
            count += (bits | -bits) >>> 31;
        }
        return count;
    }

    /** Takes the transpose of {@code other}. */
    void takeTransposed(SparseRows other) {
        reserve(other.columns, other.rows, other.starts[other.rows]);
        Arrays.fill(starts, 0, rows + 1, 0);
        int total = other.starts[other.rows];
        for (int at = 0; at < total; at++) {
            starts[other.column[at] + 1]++;
        }
        for (int i = 0; i < rows; i++) {
            starts[i + 1] += starts[i];
        }
        for (int i = 0; i < other.rows; i++) {
            for (int at = other.starts[i]; at < other.starts[i + 1]; at++) {
                int to = starts[other.column[at]]++;
                column[to] = i;
                value[to] = other.value[at];
            }
        }
        // Each start has moved on to where its row ends, which is where the next one starts.
        System.arraycopy(starts, 0, starts, 1, rows);
        starts[0] = 0;
    }

    /** How many elements rows {@code from} to {@code end} have. */
    int count(int from, int end) {
        return starts[end] - starts[from];
    }

    /** Length of the masks of {@code rowCount} rows. */
    int maskBytes(int rowCount) {
        return Math.toIntExact(maskBytes(rowCount, columns));
    }

    /** Length of the masks of {@code rowCount} rows of {@code columnCount} columns. */
    static long maskBytes(int rowCount, int columnCount) {
        return (long) rowCount * words(columnCount) * Long.BYTES;
    }

    private static int words(int columnCount) {
        return (columnCount + Long.SIZE - 1) / Long.SIZE;
    }

    /** Writes a bit for each column of rows {@code from} to {@code end}, a row in whole words; returns where they end. */
    int writeMasks(int from, int end, ByteBuffer bytes, int offset) {
        int to = offset;
        for (int i = from; i < end; i++) {
            int at = starts[i];
            for (int word = 0; word < words(columns); word++) {
                long bits = 0;
                for (int behind = (word + 1) * Long.SIZE; at < starts[i + 1] && column[at] < behind; at++) {
                    bits |= 1L << column[at];
                }
                bytes.putLong(to, bits);
                to += Long.BYTES;
            }
        }
        return to;
    }

    /** Writes the elements of rows {@code from} to {@code end}. */
    void writeValues(int from, int end, FloatBuffer floats, int offset) {
        floats.put(offset, value, starts[from], count(from, end));
    }

    /** Takes the places of elements from what {@link #writeMasks} wrote, bits behind the last column left out; returns where they end. */
    int readMasks(ByteBuffer bytes, int offset, int rowCount, int columnCount) {
        int words = words(columnCount);
        int set = 0;
        for (int word = 0; word < rowCount * words; word++) {
            set += Long.bitCount(bytes.getLong(offset + word * Long.BYTES));
        }
        reserve(rowCount, columnCount, set);
        int count = 0;
        int from = offset;
        for (int i = 0; i < rowCount; i++) {
            starts[i] = count;
            for (int word = 0; word < words; word++) {
                long bits = bytes.getLong(from);
                from += Long.BYTES;
                for (; bits != 0; bits &= bits - 1) {
                    int found = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                    column[count] = found;
                    count += found < columnCount ? 1 : 0;
                }
            }
        }
        starts[rowCount] = count;
        return from;
    }

    /** Takes as many elements as there are places. */
    void readValues(FloatBuffer floats, int offset) {
        floats.get(offset, value, 0, starts[rows]);
    }

    private void reserve(int rowCount, int columnCount, int elements) {
        rows = rowCount;
        columns = columnCount;
        if (starts.length < rowCount + 1) {
            starts = new int[rowCount + 1];
        }
        if (row.length < columnCount) {
            row = new float[columnCount];
        }
        if (column.length < elements) {
            // With room to spare, so that what differs from step to step is soon large enough for all of them.
            column = new int[elements + elements / 2];
            value = new float[elements + elements / 2];
        }
    }
}
