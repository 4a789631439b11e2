package dev.dropwise.worker.collectives;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Descent with momentum, which shows in the second step whether the first one was done once. */
final class Momentum implements RangeUpdate {
    private static final long SEED = 7;

    final UnsafeBuffer gradient;
    final UnsafeBuffer parameters;
    private final float[] velocity;
    private final List<Integer> cuts = new ArrayList<>();

    Momentum(float[] parameters) {
        this.gradient = Vectors.direct(parameters);
        this.parameters = Vectors.direct(parameters);
        this.velocity = new float[parameters.length];
    }

    void gradient(float[] values) {
        gradient.putBytes(0, Vectors.direct(values), 0, values.length * Float.BYTES);
        cuts.clear();
    }

    FloatBuffer gradients() {
        return FloatBuffer.wrap(Vectors.floats(gradient));
    }

    /** How many parameters have been updated since the last gradient. */
    int updated() {
        int updated = 0;
        for (int i = 0; i < cuts.size(); i += 2) {
            updated += cuts.get(i + 1) - cuts.get(i);
        }
        return updated;
    }

    /** Exchange and update of all at once. */
    void run(Collectives collectives, long step) {
        ReduceUpdateGather exchange = collectives.reduceUpdateGather(gradient, parameters, new int[0], this);
        exchange.start(step);
        exchange.finish();
    }

    @Override
    public void apply(int from, int count, FloatBuffer sums) {
        cuts.add(from);
        cuts.add(from + count);
        for (int i = from; i < from + count; i++) {
            velocity[i] = 0.9f * velocity[i] + sums.get(i - from) / 3;
            float parameter = parameters.getFloat(i * Float.BYTES);
            parameters.putFloat(i * Float.BYTES, parameter - 0.1f * velocity[i]);
        }
    }

    /** Nothing may depend on what a rank holds of others' parameters. */
    static float[] ownParameters(int rank, Ownership ownership) {
        float[] own = parameters(ownership.floats());
        for (Ownership.Range range : ownership.ranges()) {
            if (range.owner() != rank) {
                Arrays.fill(own, range.from(), range.end(), Float.NaN);
            }
        }
        return own;
    }

    /** What was updated since the last gradient must be {@code rank}'s own, in its order, without gap or overlap. */
    void assertCovers(int rank, Ownership ownership) {
        int next = 0;
        for (Ownership.Range range : ownership.ranges()) {
            int at = range.from();
            while (range.owner() == rank && at < range.end()) {
                assertThat(cuts.get(next)).isEqualTo(at);
                at = cuts.get(next + 1);
                next += 2;
            }
            assertThat(at).isEqualTo(range.owner() == rank ? range.end() : range.from());
        }
        assertThat(next).isEqualTo(cuts.size());
    }

    /** The parameters that all start from. */
    static float[] parameters(int length) {
        return Vectors.values(SEED, 99, length);
    }
}
