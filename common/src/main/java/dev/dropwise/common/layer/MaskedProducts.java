package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.MaskFactors;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The products of a dense layer whose parameters have another mask for each example ({@link DropConnect.Masks#EXAMPLE}), in single precision:
 *
 * <pre>{@code
 * products.of(key, parameters, input);
 * products.preActivations(z);                          // z[e] = (M_e * W) v_e + m_e * b
 * products.gradients(delta, gradient, inputGradient);  // sum over e of M_e * (v_e delta_e), and (M_e * W)^T delta_e
 * }</pre>
 *
 * Masked weights are never written down: all examples pass by a block of units, whose weights and their gradients stay in the second-level cache
 * meanwhile, and masks are drawn where they are needed. Each element is summed in an order that depends on the layer's size alone. Units whose gradient
 * is zero are left out. One thread at a time.
 */
final class MaskedProducts {
    /** Weights of a block: 128 KB, and their gradients as much. */
    private static final int BLOCK = 1 << 15;
    /** Fewer products are added up one by one. */
    private static final int FEW = 16;

    private final DropConnect noise;
    private final int inputs;
    private final int units;
    private final boolean biased;
    private final MaskFactors factors;
    private final float[] kept;
    private final float[][] weights;
    private final float[][] gradients;
    private final float[] ofInputs;
    private final float[] ofUnits;
    private final float[] below;
    private final float[] products;
    private final float[] upperHalf;
    private long key;
    private FloatBuffer parameters = FloatBuffer.allocate(0);
    private FloatBuffer input = FloatBuffer.allocate(0);
    /** What the buffers are views of: a buffer keeps no array from being freed. */
    private List<INDArray> viewed = List.of();

    private int examples;

    /** For a layer of {@code units}, with biases or without. */
    MaskedProducts(DropConnect noise, int inputs, int units, boolean biased) {
        this.noise = noise;
        this.inputs = inputs;
        this.units = units;
        this.biased = biased;
        this.factors = new MaskFactors(Math.max(inputs, units));
        this.kept = new float[Math.max(inputs, units)];
        int together = Math.min(units, Math.max(1, BLOCK / inputs));
        this.weights = new float[together][inputs];
        this.gradients = new float[together][inputs];
        this.ofInputs = new float[inputs];
        this.ofUnits = new float[units];
        this.below = new float[inputs];
        this.products = new float[inputs];
        this.upperHalf = new float[inputs];
    }

    /**
     * Takes what the products are of.
     *
     * @param passKey of {@link DropConnect#draw}
     * @param layerParameters the flat vector: the weights of one unit after the other, then the biases
     * @param v inputs {@code [examples, inputs]}
     */
    void of(long passKey, INDArray layerParameters, INDArray v) {
        key = passKey;
        INDArray rows = ArrayMemory.rowMajor(v);
        parameters = ArrayMemory.buffer(layerParameters);
        input = ArrayMemory.buffer(rows);
        viewed = List.of(layerParameters, rows);
        examples = (int) v.size(0);
    }

    /** Writes all of {@code z}, {@code [examples, units]} and row-major. */
    void preActivations(INDArray z) {
        try {
            multiply(ArrayMemory.buffer(z));
        } finally {
            Reference.reachabilityFence(viewed);
        }
    }

    private void multiply(FloatBuffer out) {
        for (int first = 0; first < units; first += weights.length) {
            int count = load(first);
            for (int example = 0; example < examples; example++) {
                select(example);
                for (int i = 0; i < count; i++) {
                    readMask(first + i);
                    multiply(kept, weights[i], ofInputs, products);
                    ofUnits[i] = sumOfProducts();
                }
                out.put(example * units + first, ofUnits, 0, count);
            }
        }
        if (biased) {
            addBiases(out);
        }
    }

    /**
     * Writes the gradients for {@code delta}, that of the pre-activations, {@code [examples, units]}.
     *
     * @param gradient the flat vector, as long as the parameters
     * @param inputGradient {@code [examples, inputs]}, row-major; null if nobody needs it
     */
    void gradients(INDArray delta, INDArray gradient, @Nullable INDArray inputGradient) {
        INDArray rows = ArrayMemory.rowMajor(delta);
        try {
            multiplyBack(
                    ArrayMemory.buffer(rows),
                    ArrayMemory.buffer(gradient),
                    inputGradient == null ? null : ArrayMemory.buffer(inputGradient));
        } finally {
            Reference.reachabilityFence(rows);
            Reference.reachabilityFence(viewed);
        }
    }

    private void multiplyBack(FloatBuffer deltas, FloatBuffer out, @Nullable FloatBuffer outBelow) {
        for (int first = 0; first < units; first += weights.length) {
            int count = load(first);
            for (int i = 0; i < count; i++) {
                Arrays.fill(gradients[i], 0);
            }
            for (int example = 0; example < examples; example++) {
                select(example);
                deltas.get(example * units + first, ofUnits, 0, count);
                if (outBelow == null) {
                    addGradients(first, count, false);
                } else {
                    readBelow(outBelow, example, first == 0);
                    addGradients(first, count, true);
                    outBelow.put(example * inputs, below);
                }
            }
            for (int i = 0; i < count; i++) {
                out.put((first + i) * inputs, gradients[i]);
            }
        }
        if (biased) {
            sumBiasGradients(deltas, out);
        }
    }

    /** Reads the weights of a block; returns how many units it has. */
    private int load(int first) {
        int count = Math.min(weights.length, units - first);
        for (int i = 0; i < count; i++) {
            parameters.get((first + i) * inputs, weights[i]);
        }
        return count;
    }

    private void select(int example) {
        noise.select(DropConnect.keyOf(key, example), factors);
        input.get(example * inputs, ofInputs);
    }

    private void readMask(int unit) {
        factors.read(unit * inputs, inputs, kept);
    }

    private void readBelow(FloatBuffer from, int example, boolean nothingYet) {
        if (nothingYet) {
            Arrays.fill(below, 0);
        } else {
            from.get(example * inputs, below);
        }
    }

    private void addGradients(int first, int count, boolean ofInputsToo) {
        for (int i = 0; i < count; i++) {
            float delta = ofUnits[i];
            if (delta != 0) {
                readMask(first + i);
                addMasked(gradients[i], delta, kept, ofInputs);
                if (ofInputsToo) {
                    addMasked(below, delta, kept, weights[i]);
                }
            }
        }
    }

    private void addBiases(FloatBuffer z) {
        float[] biases = new float[units];
        parameters.get(inputs * units, biases);
        for (int example = 0; example < examples; example++) {
            readBiasMask(example);
            z.get(example * units, ofUnits);
            addMasked(ofUnits, 1, kept, biases);
            z.put(example * units, ofUnits);
        }
    }

    private void sumBiasGradients(FloatBuffer deltas, FloatBuffer gradient) {
        float[] sum = new float[units];
        for (int example = 0; example < examples; example++) {
            readBiasMask(example);
            deltas.get(example * units, ofUnits);
            addMasked(sum, 1, kept, ofUnits);
        }
        gradient.put(inputs * units, sum);
    }

    private void readBiasMask(int example) {
        noise.select(DropConnect.keyOf(key, example), factors);
        factors.read(inputs * units, units, kept);
    }

    // Static loops over whole arrays with one index, which C2 turns into vector instructions.

    private static void multiply(float[] mask, float[] a, float[] b, float[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = mask[i] * a[i] * b[i];
        }
    }

    private static void addMasked(float[] sum, float factor, float[] mask, float[] values) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += factor * mask[i] * values[i];
        }
    }

    /** In halves, one added to the other; one sum after the other would wait for each addition. */
    private float sumOfProducts() {
        float odd = 0;
        int length = inputs;
        while (length > FEW) {
            int half = length / 2;
            if (length % 2 == 1) {
                odd += products[length - 1];
            }
            System.arraycopy(products, half, upperHalf, 0, half);
            add(products, upperHalf, half);
            length = half;
        }
        float sum = odd;
        for (int i = 0; i < length; i++) {
            sum += products[i];
        }
        return sum;
    }

    private static void add(float[] sum, float[] other, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += other[i];
        }
    }
}
