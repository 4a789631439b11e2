package dev.dropwise.common.checkpoint;

import dev.dropwise.common.failure.DropwiseException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Bytes of a {@link TrainingState}, little-endian: magic {@code DWCK}, version, position, configuration digest and kernel class
 * (each length and UTF-8), report (length and bytes), parameter count and floats, updater state count and floats, CRC32C of all that. Nothing may follow.
 */
final class CheckpointFormat {
    private static final int MAGIC = 0x4B435744;
    private static final int VERSION = 2;
    private static final int POSITION_BYTES = 4 + 8 + 4 + 8 + 8;
    private static final int MAX_TEXT_BYTES = 4096;
    private static final int MAX_REPORT_BYTES = 1 << 20;

    private CheckpointFormat() {}

    static byte[] write(TrainingState state) {
        byte[] config = state.configDigest().getBytes(StandardCharsets.UTF_8);
        byte[] kernel = state.kernelClass().getBytes(StandardCharsets.UTF_8);
        int parametersBytes = Math.multiplyExact(state.parameters().length, Float.BYTES);
        int updaterBytes = Math.multiplyExact(state.updaterState().length, Float.BYTES);
        int body = 8 + POSITION_BYTES + 8 + config.length + kernel.length + 4 + state.report().length + 8;
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(Math.addExact(body, parametersBytes), updaterBytes + 4))
                .order(ByteOrder.LITTLE_ENDIAN);
        Position position = state.position();
        out.putInt(MAGIC).putInt(VERSION);
        out.putInt(position.epoch()).putLong(position.step()).putInt(position.bestEpoch());
        out.putDouble(position.bestAccuracy()).putDouble(position.bestLoss());
        out.putInt(config.length).put(config).putInt(kernel.length).put(kernel);
        out.putInt(state.report().length).put(state.report());
        putFloats(out, state.parameters());
        putFloats(out, state.updaterState());
        out.putInt(crc(out.array(), out.position()));
        return out.array();
    }

    /** Reads what {@link #write} wrote; {@code name} is the file that an error names. */
    static TrainingState read(String name, byte[] bytes) {
        Reader in = new Reader(name, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        in.expect("magic", MAGIC, in.word());
        in.expect("version", VERSION, in.word());
        Position position = in.position();
        String config = in.text("configuration digest");
        String kernel = in.text("kernel class");
        byte[] report = in.bytes("report", MAX_REPORT_BYTES);
        float[] parameters = in.floats("parameters");
        float[] updaterState = in.floats("updater state");
        int end = in.buffer.position();
        in.expect("CRC32C", crc(bytes, end), in.word());
        in.expect("trailing bytes", 0, in.buffer.remaining());
        return new TrainingState(position, config, kernel, parameters, updaterState, report);
    }

    private static void putFloats(ByteBuffer out, float[] floats) {
        out.putInt(floats.length);
        out.asFloatBuffer().put(floats);
        out.position(out.position() + floats.length * Float.BYTES);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private record Reader(String name, ByteBuffer buffer) {
        int word() {
            need("a word", Integer.BYTES);
            return buffer.getInt();
        }

        Position position() {
            need("the position", POSITION_BYTES);
            return new Position(
                    buffer.getInt(), buffer.getLong(), buffer.getInt(), buffer.getDouble(), buffer.getDouble());
        }

        String text(String what) {
            return new String(bytes(what, MAX_TEXT_BYTES), StandardCharsets.UTF_8);
        }

        byte[] bytes(String what, int most) {
            int length = word();
            if (length < 0 || length > most) {
                throw corrupt(what + " of at most " + most + " bytes", length + " bytes");
            }
            need(what, length);
            byte[] bytes = new byte[length];
            buffer.get(bytes);
            return bytes;
        }

        float[] floats(String what) {
            int count = word();
            if (count < 0) {
                throw corrupt(what + " count of at least 0", Integer.toString(count));
            }
            need(what, (long) count * Float.BYTES);
            float[] floats = new float[count];
            buffer.asFloatBuffer().get(floats);
            buffer.position(buffer.position() + count * Float.BYTES);
            return floats;
        }

        void need(String what, long bytes) {
            if (bytes > buffer.remaining()) {
                throw corrupt(
                        bytes + " bytes of " + what + " at offset " + buffer.position(), buffer.remaining() + " bytes");
            }
        }

        void expect(String what, int expected, int found) {
            if (expected != found) {
                throw corrupt(what + " " + Integer.toHexString(expected), Integer.toHexString(found));
            }
        }

        DropwiseException corrupt(String expected, String found) {
            return DropwiseException.badData("checkpoint " + name + ": expected " + expected + ", found " + found
                    + "; the file is damaged or from another version: delete it to fall back to the one before");
        }
    }
}
