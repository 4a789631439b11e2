package dev.dropwise.common.model;

import dev.dropwise.common.failure.DropwiseException;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.nd4j.shade.jackson.core.JsonProcessingException;

/** Reads a Deeplearning4j configuration that may be anything. */
final class ConfigurationJson {
    private ConfigurationJson() {}

    /**
     * Parses a configuration of at least one layer, whose text names none but {@link NamedClasses#ADMITTED} classes.
     *
     * @param refusal makes the exception to throw, told what was found instead
     */
    static MultiLayerConfiguration read(String json, Function<String, DropwiseException> refusal) {
        NamedClasses.requireAdmitted(json, refusal);
        MultiLayerConfiguration network;
        try {
            network = NeuralNetConfiguration.mapper().readValue(json, MultiLayerConfiguration.class);
        } catch (JsonProcessingException e) {
            throw refusal.apply(e.getOriginalMessage());
        } catch (RuntimeException e) {
            // Deeplearning4j's deserialiser takes the right form for granted and fails with whatever it stumbles over.
            throw refusal.apply("a text that its reader stumbles over: " + e);
        }
        if (network == null || network.getConfs() == null || network.getConfs().isEmpty()) {
            throw refusal.apply("no layers");
        }
        return network;
    }
}
