package dev.dropwise.common.layer;

import dev.dropwise.common.dropout.NestedLayers;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The constraints of a network's parameters. Max-norm (Srivastava et al. 2014, section 5.1) in one pass where the incoming weights of each unit
 * lie one behind the other, as in dense and convolution layers of single precision; others, and layers that have others as well, as
 * Deeplearning4j applies them, which takes fifty times as long for max-norm.
 *
 * <p>A unit whose norm is within the bound is left alone, as in the paper. Deeplearning4j divides each norm by itself plus 1e-6, and so makes all weights
 * a little smaller with every update. One thread at a time.
 */
final class WeightConstraints {
    private final List<MaxNorm> norms = new ArrayList<>();
    private final List<Layer> others = new ArrayList<>();

    WeightConstraints(Layer[] layers) {
        for (Layer layer : layers) {
            boolean any = NestedLayers.of(layer.conf().getLayer()).stream()
                    .map(org.deeplearning4j.nn.conf.layers.Layer::getConstraints)
                    .anyMatch(each -> each != null && !each.isEmpty());
            if (any) {
                // Wrappers know best what becomes of their layers' constraints: frozen ones do nothing.
                List<MaxNorm> own = layer instanceof BaseLayer<?>
                        ? maxNorms(layer, layer.conf().getLayer().getConstraints())
                        : List.of();
                norms.addAll(own);
                if (own.isEmpty()) {
                    others.add(layer);
                }
            }
        }
    }

    /** What {@code constraints} do to {@code layer}; empty when they do more. */
    private static List<MaxNorm> maxNorms(Layer layer, List<LayerConstraint> constraints) {
        List<MaxNorm> found = new ArrayList<>();
        for (LayerConstraint constraint : constraints) {
            if (constraint.getClass() != MaxNormConstraint.class) {
                return List.of();
            }
            MaxNormConstraint bound = (MaxNormConstraint) constraint;
            for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
                if (bound.getParams().contains(parameter.getKey())) {
                    INDArray weights = parameter.getValue();
                    int length = contiguous(weights, bound.getDimensions());
                    if (length == 0) {
                        return List.of();
                    }
                    found.add(new MaxNorm(ArrayMemory.buffer(weights), length, bound.getMaxNorm()));
                }
            }
        }
        return found;
    }

    /** How many elements lie one behind the other along {@code dimensions}, which between them hold all of a unit's; 0 where they do not. */
    private static int contiguous(INDArray weights, int... dimensions) {
        if (weights.dataType() != DataType.FLOAT || weights.length() == 0 || dimensions.length == 0) {
            return 0;
        }
        int[] along = dimensions.clone();
        Arrays.sort(along);
        long expected = 1;
        // From the innermost outwards, whichever order the array has.
        boolean columnMajor = weights.stride(0) == 1 && weights.rank() > 1;
        for (int i = 0; i < along.length; i++) {
            int dimension = columnMajor ? i : weights.rank() - 1 - i;
            if (Arrays.binarySearch(along, dimension) < 0 || weights.stride(dimension) != expected) {
                return 0;
            }
            expected *= weights.size(dimension);
        }
        return Math.toIntExact(expected);
    }

    /** Whether there are any. */
    boolean isEmpty() {
        return norms.isEmpty() && others.isEmpty();
    }

    /** Makes all parameters meet them. */
    void apply(int iteration, int epoch) {
        for (MaxNorm norm : norms) {
            norm.apply();
        }
        for (Layer layer : others) {
            layer.applyConstraints(iteration, epoch);
        }
    }

    /** A bound on the Euclidean norm of each {@code length} weights that follow one another. */
    private static final class MaxNorm {
        private static final int LANES = 8;

        private final FloatBuffer weights;
        private final float[] unit;
        private final double bound;

        MaxNorm(FloatBuffer weights, int length, double bound) {
            this.weights = weights;
            this.unit = new float[length];
            this.bound = bound;
        }

        void apply() {
            for (int at = 0; at < weights.capacity(); at += unit.length) {
                weights.get(at, unit);
                double norm = Math.sqrt(squares(unit));
                if (norm > bound) {
                    scale(unit, (float) (bound / norm));
                    weights.put(at, unit);
                }
            }
        }

        /** In several sums, of which none has to wait for the one before it. */
        private static double squares(float[] values) {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            float e = 0;
            float f = 0;
            float g = 0;
            float h = 0;
            int i = 0;
            for (; i <= values.length - LANES; i += LANES) {
                a += values[i] * values[i];
                b += values[i + 1] * values[i + 1];
                c += values[i + 2] * values[i + 2];
                d += values[i + 3] * values[i + 3];
                e += values[i + 4] * values[i + 4];
                f += values[i + 5] * values[i + 5];
                g += values[i + 6] * values[i + 6];
                h += values[i + 7] * values[i + 7];
            }
            double sum = (double) a + b + c + d + e + f + g + h;
            for (; i < values.length; i++) {
                sum += (double) values[i] * values[i];
            }
            return sum;
        }

        private static void scale(float[] values, float factor) {
            for (int i = 0; i < values.length; i++) {
                values[i] *= factor;
            }
        }
    }
}
