package dev.dropwise.worker.collectives;

import dev.dropwise.common.layer.SufficientFactors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ranges of a round's vector that this rank has as factors. Positions are floats from the start of the vector. */
final class OfferedFactors {
    private final List<SufficientFactors> offered = new ArrayList<>();

    void clear() {
        offered.clear();
    }

    void add(SufficientFactors factors) {
        offered.add(factors);
    }

    /** The factors that tell the float at {@code position}; null where it stands in the vector. */
    @Nullable
    SufficientFactors at(int position) {
        for (int i = 0; i < offered.size(); i++) {
            SufficientFactors factors = offered.get(i);
            if (factors.from() <= position && position < factors.end()) {
                return factors;
            }
        }
        return null;
    }

    /** How many of the {@code floats} floats from {@code position} on are told by the same factors, or by none. */
    int alike(int position, int floats) {
        int least = floats;
        for (int i = 0; i < offered.size(); i++) {
            SufficientFactors factors = offered.get(i);
            if (factors.from() > position) {
                least = Math.min(least, factors.from() - position);
            } else if (factors.end() > position) {
                least = Math.min(least, factors.end() - position);
            }
        }
        return least;
    }
}
