package dev.dropwise.common.codec;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.serializers.ImmutableCollectionsSerializers;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;
import dev.dropwise.common.failure.DropwiseException;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Turns records into bytes and back with Kryo 5. Only the classes given to the constructor pass, so bytes from a stranger
 * cannot name another class; both ends must list the same classes in the same order. A CRC32C follows the value. Thread-safe:
 * each call has a Kryo of its own, which is cheap enough for rendezvous, events and results and is never used inside a step.
 */
public final class Codec {
    private static final int FIRST_ID = 100;
    private static final int MAX_BYTES = 1 << 30;

    private final List<Class<?>> classes;

    /** A codec for {@code classes} beside Java's primitives, strings, arrays of primitives and immutable collections. */
    public Codec(List<Class<?>> classes) {
        this.classes = List.copyOf(classes);
    }

    /** Encodes {@code value}, whose class and the classes of its parts must be registered. */
    public byte[] encode(Object value) {
        try (Output output = new Output(256, MAX_BYTES)) {
            kryo().writeClassAndObject(output, value);
            output.writeInt(crc(output.getBuffer(), output.position()));
            return output.toBytes();
        }
    }

    /**
     * Decodes what {@link #encode} wrote.
     *
     * @throws DropwiseException when the bytes are damaged, are no {@code type}, name a foreign class, or go on after the
     *     value
     */
    public <T> T decode(byte[] bytes, Class<T> type) {
        // Kryo would take a damaged length for a real one, and the heap for endless.
        int length = requireSeal(bytes, type);
        try (Input input = new Input(bytes, 0, length)) {
            Object value = kryo().readClassAndObject(input);
            if (!type.isInstance(value) || input.position() != length) {
                throw DropwiseException.badData("decode: expected one " + type.getSimpleName() + " in " + bytes.length
                        + " bytes, found "
                        + (value == null ? "null" : value.getClass().getSimpleName()) + " ending at "
                        + input.position() + "; both ends must run the same Dropwise version");
            }
            return type.cast(value);
        } catch (DropwiseException e) {
            throw e;
        } catch (RuntimeException e) {
            // Whatever Kryo, or the constructor of a record whose fields have moved, throws at foreign bytes.
            throw DropwiseException.badData("decode: expected one " + type.getSimpleName() + " in " + bytes.length
                    + " bytes, found none: " + rootOf(e) + "; both ends must run the same Dropwise version");
        }
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }

    private static int requireSeal(byte[] bytes, Class<?> type) {
        int length = bytes.length - Integer.BYTES;
        if (length < 0 || crc(bytes, length) != new Input(bytes, length, Integer.BYTES).readInt()) {
            throw DropwiseException.badData(
                    "decode: expected one " + type.getSimpleName() + " in " + bytes.length
                            + " bytes, found damaged ones: their CRC32C does not fit; both ends must run the same Dropwise version");
        }
        return length;
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private Kryo kryo() {
        Kryo kryo = new Kryo(new NumberedClasses(), null);
        kryo.setRegistrationRequired(true);
        ImmutableCollectionsSerializers.registerSerializers(kryo);
        int id = FIRST_ID;
        for (Class<?> each : List.of(byte[].class, int[].class, long[].class, float[].class, double[].class)) {
            kryo.register(each, id++);
        }
        for (Class<?> each : classes) {
            kryo.register(each, id++);
        }
        return kryo;
    }

    /** Finds classes by their registered numbers only; Kryo's own would load any class that is named, and refuse it then. */
    private static final class NumberedClasses extends DefaultClassResolver {
        @Override
        protected Registration readName(Input input) {
            throw new KryoException("a class that is named, where registered numbers are expected");
        }
    }
}
