package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The gradient of a dense layer's weights, summed over a mini-batch, as the two matrices whose product it is: the layer's inputs and the
 * gradients of its pre-activations (Xie et al. 2014, "Distributed Machine Learning via Sufficient Factor Broadcasting"). Behind
 * rectifiers and dropout both are mostly zero, so that they are a twentieth of the bytes of the gradient, and whoever wants a
 * part of the gradient can compute just that part, where and when it is needed.
 *
 * <p>Elements are bit for bit those that {@link SparseAffine} computes of the same operands, whichever range is asked for, here or where a
 * {@link FactorMessage} was read. Weights [inputs, units] are column-major, as in the flat vectors, whose indices are used throughout.
 * Memory is kept and reused; one thread at a time.
 */
public final class SufficientFactors {
    private final SparseRows inputRows;
    private final SparseRows deltaColumns;
    private float[][] panel = new float[0][];
    private float[] column = new float[0];
    private int columnUnit;
    private int firstWeight;
    private int firstUnit;

    /** Of nothing, until a message is read. */
    public SufficientFactors() {
        this(new SparseRows());
    }

    /** Factors whose inputs somebody else keeps in {@code inputRows}. */
    SufficientFactors(SparseRows inputRows) {
        this.inputRows = inputRows;
        this.deltaColumns = new SparseRows();
    }

    /**
     * Factors of matrices from anywhere, however many of their elements are zero.
     *
     * @param firstWeight index of the first weight in the flat vectors
     * @param inputs row-major, a row an example
     * @param deltas the gradients of pre-activations, row-major, a row an example
     */
    public static SufficientFactors of(int firstWeight, float[] inputs, float[] deltas, int examples) {
        SufficientFactors factors = new SufficientFactors();
        SparseRows deltaRows = new SparseRows();
        factors.inputRows.take(FloatBuffer.wrap(inputs), examples, inputs.length / examples, 1);
        deltaRows.take(FloatBuffer.wrap(deltas), examples, deltas.length / examples, 1);
        factors.take(firstWeight, deltaRows);
        return factors;
    }

    /**
     * Takes {@code deltaRows} [examples, units], and the inputs [examples, inputs] as they are kept, for weights whose first is at {@code weights}
     * in the flat vectors.
     */
    void take(int weights, SparseRows deltaRows) {
        deltaColumns.takeTransposed(deltaRows);
        begin(weights, 0);
    }

    /** The inputs, a row an example; to be filled before {@link #begin}. */
    SparseRows inputRows() {
        return inputRows;
    }

    /** The gradients of pre-activations, a row a unit; to be filled before {@link #begin}. */
    SparseRows deltaColumns() {
        return deltaColumns;
    }

    int firstWeight() {
        return firstWeight;
    }

    int firstUnit() {
        return firstUnit;
    }

    /** Makes what {@link #inputRows} and {@link #deltaColumns} hold now the factors of units from {@code unit} on. */
    void begin(int weights, int unit) {
        firstWeight = weights;
        firstUnit = unit;
        columnUnit = -1;
        int examples = inputRows.rows();
        int inputs = inputRows.columns();
        if (panel.length < examples || column.length < inputs) {
            panel = new float[Math.max(examples, panel.length)][Math.max(inputs, column.length)];
            column = new float[Math.max(inputs, column.length)];
        }
        int[] columns = inputRows.column();
        float[] values = inputRows.value();
        for (int example = 0; example < examples; example++) {
            float[] row = panel[example];
            Arrays.fill(row, 0, inputs, 0f);
            for (int at = inputRows.start(example); at < inputRows.start(example + 1); at++) {
                row[columns[at]] = values[at];
            }
        }
    }

    /** The unit, from 0, that the element with this index belongs to, of those that these factors tell. */
    int unit(int index) {
        return (index - from()) / inputRows.columns();
    }

    /** Index of the first element of the gradient that these factors tell. */
    public int from() {
        return firstWeight + firstUnit * inputRows.columns();
    }

    /** Behind the last. */
    public int end() {
        return from() + deltaColumns.rows() * inputRows.columns();
    }

    /**
     * Writes {@code count} elements of the gradient from index {@code from} on to the start of {@code target}.
     *
     * @throws IndexOutOfBoundsException when these factors do not tell all of them
     */
    public void values(int from, int count, FloatBuffer target) {
        if (from < from() || count < 0 || count > end() - from) {
            throw new IndexOutOfBoundsException(
                    "factors of " + from() + " to " + end() + ": asked for " + count + " from " + from);
        }
        int inputs = inputRows.columns();
        int done = 0;
        while (done < count) {
            int at = from + done - from();
            int unit = at / inputs;
            int input = at % inputs;
            int length = Math.min(count - done, inputs - input);
            // A range that ends within a unit is often followed by one that begins there.
            if (unit != columnUnit) {
                SparseProduct.row(deltaColumns, unit, panel, column, inputs);
                columnUnit = unit;
            }
            target.put(done, column, input, length);
            done += length;
        }
    }
}
