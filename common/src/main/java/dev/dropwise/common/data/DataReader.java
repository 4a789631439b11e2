package dev.dropwise.common.data;

import dev.dropwise.common.failure.DropwiseException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.FSDataInputStream;

/** Reads one {@link DataFile} forwards: seeks in plain files, inflates and throws away in gzip. Not thread-safe. */
final class DataReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final DataFile file;
    private final InputStream in;
    private final boolean inflating;
    private String expected = "a header";
    private int headerBytes;
    private long positionBytes;

    private DataReader(DataFile file, InputStream in, boolean inflating) {
        this.file = file;
        this.in = in;
        this.inflating = inflating;
    }

    /** Takes over {@code raw}, which stands at its first byte. */
    static DataReader of(DataFile file, FSDataInputStream raw, long storedBytes) throws IOException {
        if (!file.gzipped()) {
            return new DataReader(file, new BufferedInputStream(raw, BUFFER_BYTES), false);
        }
        try {
            return new DataReader(file, new GZIPInputStream(new Remaining(raw, storedBytes), BUFFER_BYTES), true);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** From now on, a file that ends early or late is reported against {@code expected}, counted from {@code headerBytes}. */
    void expect(String expected, int headerBytes) {
        this.expected = expected;
        this.headerBytes = headerBytes;
    }

    /** Goes on to {@code offsetBytes}, which may not lie behind. */
    void skipTo(long offsetBytes) {
        byte[] sink = new byte[inflating ? BUFFER_BYTES : 0];
        try {
            while (positionBytes < offsetBytes) {
                long left = offsetBytes - positionBytes;
                long moved = inflating ? in.read(sink, 0, (int) Math.min(left, sink.length)) : in.skip(left);
                if (moved <= 0) {
                    throw new EOFException();
                }
                positionBytes += moved;
            }
        } catch (EOFException | ZipException e) {
            throw cut(e);
        } catch (IOException e) {
            throw file.unreadable(e);
        }
    }

    /** Reads exactly {@code length} bytes into {@code to}. */
    void read(byte[] to, int offset, int length) {
        int done = 0;
        try {
            while (done < length) {
                int count = in.read(to, offset + done, length - done);
                if (count < 0) {
                    throw new EOFException();
                }
                done += count;
                positionBytes += count;
            }
        } catch (EOFException | ZipException e) {
            throw cut(e);
        } catch (IOException e) {
            throw file.unreadable(e);
        }
    }

    /** As many bytes as there are from here, {@code most} at most. */
    byte[] head(int most) {
        try {
            byte[] head = in.readNBytes(most);
            positionBytes += head.length;
            return head;
        } catch (EOFException | ZipException e) {
            throw cut(e);
        } catch (IOException e) {
            throw file.unreadable(e);
        }
    }

    /** Fails when a byte follows; in gzip this also makes the stream check its own checksum. */
    void expectEnd() {
        long wantedBytes = positionBytes;
        try {
            readToEnd();
        } catch (EOFException | ZipException e) {
            throw cut(e);
        } catch (IOException e) {
            throw file.unreadable(e);
        }
        if (positionBytes != wantedBytes) {
            throw file.broken(expected, (positionBytes - headerBytes) + "");
        }
    }

    /** Reads on and tells how many bytes the file holds; a broken gzip stream ends where it breaks. */
    long countToEnd() {
        try {
            readToEnd();
        } catch (EOFException | ZipException e) {
            return positionBytes;
        } catch (IOException e) {
            throw file.unreadable(e);
        }
        return positionBytes;
    }

    private void readToEnd() throws IOException {
        byte[] sink = new byte[BUFFER_BYTES];
        for (int count = in.read(sink); count >= 0; count = in.read(sink)) {
            positionBytes += count;
        }
    }

    private DropwiseException cut(IOException cause) {
        String how =
                !inflating ? "" : cause instanceof ZipException ? " in a damaged gzip stream" : " in a cut gzip stream";
        return file.broken(expected, Math.max(0, positionBytes - headerBytes) + how);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw file.unreadable(e);
        }
    }
}
