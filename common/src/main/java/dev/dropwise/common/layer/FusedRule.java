package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.NesterovsUpdater;
import org.nd4j.linalg.learning.NoOpUpdater;
import org.nd4j.linalg.learning.SgdUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * An updater that goes over gradient, state and parameters once, a block in the first-level cache at a time. The
 * formulas are those of ND4J's own kernels, in single precision, operation by operation.
 */
sealed interface FusedRule {
    /** Elements that are worked on at a time; more no longer fit the first-level cache together with their source. */
    int BLOCK = 512;

    /** The fused form of {@code updater} on its own state, or null where there is none. */
    static @Nullable FusedRule of(GradientUpdater<?> updater) {
        if (updater instanceof AdamUpdater adam) {
            return new OfAdam(adam.getConfig(), state(adam, AdamUpdater.M_STATE), state(adam, AdamUpdater.V_STATE));
        }
        if (updater instanceof NesterovsUpdater nesterovs) {
            return new OfNesterovs(nesterovs.getConfig(), state(nesterovs, NesterovsUpdater.V_STATE));
        }
        if (updater instanceof NoOpUpdater) {
            return new OfNoOp();
        }
        return updater instanceof SgdUpdater sgd ? new OfSgd(sgd.getConfig()) : null;
    }

    private static INDArray state(GradientUpdater<?> updater, String name) {
        return Objects.requireNonNull(updater.getState().get(name), name);
    }

    /** What the rule keeps of each parameter, as arrays with one element for each; none where it keeps nothing. */
    List<INDArray> state();

    /** Readies the rule for one update. */
    void begin(int iteration, int epoch);

    /**
     * Updates {@code count} elements of state and parameters.
     *
     * @param from offset of the first of them within the state
     * @param gradients of the mean loss
     */
    void apply(int from, int count, float[] gradients, float[] parameters);

    /** Adam, Kingma and Ba 2015, with the bias correction folded into the step size. */
    final class OfAdam implements FusedRule {
        private final Adam config;
        private final List<INDArray> state;
        private final FloatBuffer firstMoments;
        private final FloatBuffer secondMoments;
        private final float[] first = new float[BLOCK];
        private final float[] second = new float[BLOCK];
        private final float beta1;
        private final float beta2;
        private final float epsilon;
        private float stepSize;

        OfAdam(Adam config, INDArray first, INDArray second) {
            this.config = config;
            this.state = List.of(first, second);
            this.firstMoments = ArrayMemory.buffer(first);
            this.secondMoments = ArrayMemory.buffer(second);
            this.beta1 = (float) config.getBeta1();
            this.beta2 = (float) config.getBeta2();
            this.epsilon = (float) config.getEpsilon();
        }

        @Override
        public List<INDArray> state() {
            return state;
        }

        @Override
        public void begin(int iteration, int epoch) {
            float power1 = (float) Math.pow(beta1, iteration + 1.0);
            float power2 = (float) Math.pow(beta2, iteration + 1.0);
            float rate = (float) config.getLearningRate(iteration, epoch);
            float corrected = (float) (rate * (float) Math.sqrt(1.0 - power2) / (1.0 - power1));
            stepSize = corrected == 0 || !Float.isFinite(corrected) ? epsilon : corrected;
        }

        @Override
        public void apply(int from, int count, float[] gradients, float[] parameters) {
            firstMoments.get(from, first, 0, count);
            secondMoments.get(from, second, 0, count);
            float complement1 = 1f - beta1;
            float complement2 = 1f - beta2;
            for (int i = 0; i < count; i++) {
                float gradient = gradients[i];
                float m = beta1 * first[i] + gradient * complement1;
                float v = beta2 * second[i] + gradient * gradient * complement2;
                first[i] = m;
                second[i] = v;
                parameters[i] -= m * stepSize / ((float) Math.sqrt(v) + epsilon);
            }
            firstMoments.put(from, first, 0, count);
            secondMoments.put(from, second, 0, count);
        }
    }

    /** Nesterov's momentum in Sutskever's form, as Deeplearning4j defines it. */
    final class OfNesterovs implements FusedRule {
        private final Nesterovs config;
        private final List<INDArray> state;
        private final FloatBuffer velocities;
        private final float[] velocity = new float[BLOCK];
        private float rate;
        private float momentum;

        OfNesterovs(Nesterovs config, INDArray velocities) {
            this.config = config;
            this.state = List.of(velocities);
            this.velocities = ArrayMemory.buffer(velocities);
        }

        @Override
        public List<INDArray> state() {
            return state;
        }

        @Override
        public void begin(int iteration, int epoch) {
            rate = (float) config.getLearningRate(iteration, epoch);
            momentum = (float) config.currentMomentum(iteration, epoch);
        }

        @Override
        public void apply(int from, int count, float[] gradients, float[] parameters) {
            velocities.get(from, velocity, 0, count);
            float lookAhead = -momentum - 1f;
            for (int i = 0; i < count; i++) {
                float before = momentum * velocity[i];
                float v = before - rate * gradients[i];
                velocity[i] = v;
                parameters[i] -= before + lookAhead * v;
            }
            velocities.put(from, velocity, 0, count);
        }
    }

    /** Plain gradient descent. */
    final class OfSgd implements FusedRule {
        private final Sgd config;
        private float rate;

        OfSgd(Sgd config) {
            this.config = config;
        }

        @Override
        public List<INDArray> state() {
            return List.of();
        }

        @Override
        public void begin(int iteration, int epoch) {
            rate = (float) config.getLearningRate(iteration, epoch);
        }

        @Override
        public void apply(int from, int count, float[] gradients, float[] parameters) {
            for (int i = 0; i < count; i++) {
                parameters[i] -= rate * gradients[i];
            }
        }
    }

    /** The gradient is subtracted as it is: how Deeplearning4j keeps batch normalisation's running statistics. */
    final class OfNoOp implements FusedRule {
        @Override
        public List<INDArray> state() {
            return List.of();
        }

        @Override
        public void begin(int iteration, int epoch) {}

        @Override
        public void apply(int from, int count, float[] gradients, float[] parameters) {
            for (int i = 0; i < count; i++) {
                parameters[i] -= gradients[i];
            }
        }
    }
}
