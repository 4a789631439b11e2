package dev.dropwise.common.layer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * {@link SufficientFactors} as bytes, in native order: what one rank sends another for the range of the gradient that it sums. Of each
 * matrix a bit for every element, set where it is not zero, and the elements whose bit is set:
 *
 * <pre>
 * int    length of the message in bytes
 * int    index of the layer's first weight in the flat vectors
 * int    first unit
 * int    units
 * int    inputs
 * int    examples
 * long[] bits of the inputs: a row an example, each of whole words
 * long[] bits of the gradients of pre-activations: a row a unit
 * float[] the inputs, float[] the gradients
 * </pre>
 *
 * <p>Memory is kept and reused; one thread at a time.
 */
public final class FactorMessage {
    /** Bytes before the bits. */
    public static final int HEADER_BYTES = 24;

    private static final int WEIGHT_AT = 4;
    private static final int UNIT_AT = 8;
    private static final int UNITS_AT = 12;
    private static final int INPUTS_AT = 16;
    private static final int EXAMPLES_AT = 20;
    // Examples and widths of any network that trains; a message that says more is damaged.
    private static final int MOST = 1 << 24;

    private ByteBuffer bytes = ByteBuffer.allocateDirect(HEADER_BYTES).order(ByteOrder.nativeOrder());
    private FloatBuffer floats = bytes.asFloatBuffer();

    /** The memory of the message, another one after it has grown; its position and limit mean nothing. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Length in bytes as the message says itself. */
    public int length() {
        return bytes.getInt(0);
    }

    /**
     * Makes room for {@code length} bytes; what is there stays.
     *
     * @throws IllegalArgumentException when that is no message's length
     */
    public void reserve(int length) {
        if (length < HEADER_BYTES || length % Integer.BYTES != 0) {
            throw new IllegalArgumentException("factors: expected at least " + HEADER_BYTES + " bytes, a multiple of "
                    + Integer.BYTES + ", found " + length);
        }
        if (bytes.capacity() < length) {
            int capacity = (int) Math.min(Integer.MAX_VALUE & -Integer.BYTES, length * 2L);
            ByteBuffer larger = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
            larger.put(0, bytes, 0, bytes.capacity());
            bytes = larger;
            floats = larger.asFloatBuffer();
        }
    }

    /** How long the messages would be together that tell each of {@code owners} a part of equal size. */
    public static long lengths(SufficientFactors factors, int owners) {
        SparseRows inputs = factors.inputRows();
        SparseRows deltas = factors.deltaColumns();
        long toEach =
                HEADER_BYTES + inputs.maskBytes(inputs.rows()) + (long) inputs.count(0, inputs.rows()) * Float.BYTES;
        return owners * toEach + deltas.maskBytes(deltas.rows()) + (long) deltas.count(0, deltas.rows()) * Float.BYTES;
    }

    /** Writes what {@code factors} tell of the units that the indices {@code from} to {@code end} of the flat vectors belong to. */
    public void write(SufficientFactors factors, int from, int end) {
        SparseRows inputs = factors.inputRows();
        SparseRows deltas = factors.deltaColumns();
        int first = factors.unit(from);
        int behind = factors.unit(end - 1) + 1;
        int inputsAt = HEADER_BYTES + inputs.maskBytes(inputs.rows()) + deltas.maskBytes(behind - first);
        int deltasAt = inputsAt + inputs.count(0, inputs.rows()) * Float.BYTES;
        int length = deltasAt + deltas.count(first, behind) * Float.BYTES;
        reserve(length);
        bytes.putInt(0, length)
                .putInt(WEIGHT_AT, factors.firstWeight())
                .putInt(UNIT_AT, factors.firstUnit() + first)
                .putInt(UNITS_AT, behind - first)
                .putInt(INPUTS_AT, inputs.columns())
                .putInt(EXAMPLES_AT, inputs.rows());
        int behindMasks = inputs.writeMasks(0, inputs.rows(), bytes, HEADER_BYTES);
        deltas.writeMasks(first, behind, bytes, behindMasks);
        inputs.writeValues(0, inputs.rows(), floats, inputsAt / Float.BYTES);
        deltas.writeValues(first, behind, floats, deltasAt / Float.BYTES);
    }

    /**
     * Makes {@code factors} those of this message.
     *
     * @throws IllegalArgumentException when its parts do not fit one another
     */
    public void read(SufficientFactors factors) {
        int units = size(UNITS_AT, "units");
        int inputs = size(INPUTS_AT, "inputs");
        int examples = size(EXAMPLES_AT, "examples");
        long masks = SparseRows.maskBytes(examples, inputs) + SparseRows.maskBytes(units, examples);
        int length = length();
        if (length > bytes.capacity() || HEADER_BYTES + masks > length) {
            throw new IllegalArgumentException("factors: expected " + (HEADER_BYTES + masks) + " to " + bytes.capacity()
                    + " bytes for " + units + " units, " + inputs + " inputs and " + examples + " examples, found "
                    + length);
        }
        int deltasAt = factors.inputRows().readMasks(bytes, HEADER_BYTES, examples, inputs);
        int valuesAt = factors.deltaColumns().readMasks(bytes, deltasAt, units, examples);
        int inputCount = factors.inputRows().count(0, examples);
        int deltaCount = factors.deltaColumns().count(0, units);
        long told = valuesAt + ((long) inputCount + deltaCount) * Float.BYTES;
        if (told != length) {
            throw new IllegalArgumentException(
                    "factors: expected " + told + " bytes for the bits that are set, found " + length);
        }
        factors.inputRows().readValues(floats, valuesAt / Float.BYTES);
        factors.deltaColumns().readValues(floats, valuesAt / Float.BYTES + inputCount);
        factors.begin(bytes.getInt(WEIGHT_AT), bytes.getInt(UNIT_AT));
    }

    private int size(int at, String name) {
        int found = bytes.getInt(at);
        if (found < 1 || found > MOST) {
            throw new IllegalArgumentException("factors: expected 1 to " + MOST + " " + name + ", found " + found);
        }
        return found;
    }
}
