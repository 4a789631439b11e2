package dev.dropwise.common.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream that knows its length. {@code GZIPInputStream} asks {@code available()} whether another member follows, and remote
 * streams may answer 0 there in the middle of a file.
 */
final class Remaining extends FilterInputStream {
    private long leftBytes;

    Remaining(InputStream in, long lengthBytes) {
        super(in);
        this.leftBytes = lengthBytes;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        leftBytes -= value < 0 ? 0 : 1;
        return value;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int count = super.read(to, offset, length);
        leftBytes -= Math.max(0, count);
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = super.skip(count);
        leftBytes -= skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, leftBytes));
    }
}
