package dev.dropwise.common.dropout;

import java.util.Optional;

/**
 * Training noise that draws from a keyed stream: a dropout, weight noise or layer configuration. Deeplearning4j hands it
 * neither its network nor its shard, so {@link MaskContext#bind} tells it where it sits. The binding is no part of its
 * configuration: JSON, Java serialisation and clones do not carry it.
 */
public interface KeyedNoise {
    /** Draws from the streams of {@code site} from now on. */
    void bind(NoiseSite site);

    /** Where this noise draws; empty before {@link #bind}. */
    Optional<NoiseSite> site();
}
