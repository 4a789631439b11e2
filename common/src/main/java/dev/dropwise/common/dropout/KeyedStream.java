package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect.Visibility;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Noise that is a function of a key alone. What a kind of dropout adds is how it turns the key into noise; where the key comes
 * from is settled here:
 *
 * <ul>
 *   <li>bound by {@link MaskContext#bind}: (run seed, shard, site, epoch, step) of the training loop;
 *   <li>unbound, as in a stock {@code fit}: ({@code seed}, {@code site}, epoch, iteration), with seed and site from the
 *       configuration and the counters from Deeplearning4j. Give every layer a site of its own.
 * </ul>
 *
 * <p>An instance serves one layer of one network, and one thread at a time.
 */
@JsonAutoDetect(
        fieldVisibility = Visibility.NONE,
        getterVisibility = Visibility.NONE,
        isGetterVisibility = Visibility.NONE,
        setterVisibility = Visibility.NONE)
public abstract class KeyedStream implements KeyedNoise, Serializable {
    private static final long serialVersionUID = 1L;

    @JsonProperty("dropProbability")
    private final double dropProbability;

    @JsonProperty("seed")
    private final long seed;

    @JsonProperty("site")
    private final int site;

    private transient @Nullable NoiseSite bound;

    /**
     * Configures an unbound stream.
     *
     * @param dropProbability of a unit, in [0, 1)
     * @param seed of the streams while unbound
     * @param site that tells this layer from others while unbound
     */
    protected KeyedStream(double dropProbability, long seed, int site) {
        if (!(dropProbability >= 0 && dropProbability < 1)) {
            throw DropwiseException.configuration("dropout: the drop probability must lie in [0, 1), found "
                    + dropProbability + "; 0.5 drops every second unit");
        }
        this.dropProbability = dropProbability;
        this.seed = seed;
        this.site = site;
    }

    /** The probability that a unit is dropped; never Deeplearning4j's retain probability. */
    public final double dropProbability() {
        return dropProbability;
    }

    /** The seed of the streams while unbound. */
    public final long seed() {
        return seed;
    }

    @Override
    public final void bind(NoiseSite site) {
        bound = site;
    }

    @Override
    public final Optional<NoiseSite> site() {
        return Optional.ofNullable(bound);
    }

    /** The site of the configuration, which counts while unbound. */
    protected final int configuredSite() {
        return site;
    }

    /** The key of the noise for the pass under way; the counters are those that Deeplearning4j hands to a dropout. */
    protected final long key(int iteration, int epoch) {
        NoiseSite place = bound;
        return place != null
                ? place.key()
                : StreamKey.of(seed, Purpose.MASK)
                        .with(site)
                        .with(epoch)
                        .with(iteration)
                        .value();
    }

    /** Equal when of the same kind and configuration, wherever bound. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyedStream that
                && getClass() == that.getClass()
                && Double.compare(dropProbability, that.dropProbability) == 0
                && seed == that.seed
                && site == that.site;
    }

    @Override
    public int hashCode() {
        return Objects.hash(getClass().getName(), dropProbability, seed, site);
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "(dropProbability=" + dropProbability + ")";
    }
}
