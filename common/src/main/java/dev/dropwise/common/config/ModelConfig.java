package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.ArrayList;
import java.util.List;

/**
 * Which network is trained.
 *
 * @param name {@code mlp:H1,H2,...}, {@code lenet}, {@code lenet5}, {@code cifar-cnn}, or the path of a MultiLayerConfiguration in JSON
 * @param definition the JSON itself when {@code name} is a path, so that ranks need not reach the file; empty otherwise
 * @param activation of hidden layers
 * @param dropout on the input of every layer but the first
 * @param inputDropout on the network's input
 * @param regularisation penalties and constraints
 */
public record ModelConfig(
        String name,
        String definition,
        Activation activation,
        DropoutSpec dropout,
        DropoutSpec inputDropout,
        Regularisation regularisation) {
    public ModelConfig {
        if (dropout.kind() == DropoutSpec.Kind.CUTOUT) {
            throw DropwiseException.configuration("dropout " + dropout
                    + " cuts squares out of images, found it on hidden layers; use --input-dropout " + dropout);
        }
        if (inputDropout.kind().isLayer()) {
            throw DropwiseException.configuration("input dropout " + inputDropout
                    + " works inside of layers, found it on the input; use --dropout " + inputDropout);
        }
    }

    /** A network of the zoo. */
    public ModelConfig(
            String name,
            Activation activation,
            DropoutSpec dropout,
            DropoutSpec inputDropout,
            Regularisation regularisation) {
        this(name, "", activation, dropout, inputDropout, regularisation);
    }

    /** The options, with their values, that a network from a file goes without, since the file decides; none for one of the zoo. */
    List<String> withoutEffect() {
        if (definition.isEmpty()) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        if (activation != Activation.USUAL) {
            found.add("--activation " + activation);
        }
        found.addAll(regularisation.unusual());
        return found;
    }

    /** What will work, but not as its authors meant it to; each a sentence for people. */
    public List<String> warnings() {
        boolean alpha = dropout.kind() == DropoutSpec.Kind.ALPHA;
        if (alpha && definition.isEmpty() && activation != Activation.SELU) {
            return List.of("dropout " + dropout + " keeps mean and variance behind SELU only, found activation "
                    + activation + "; use --activation selu, or dropout inverted:" + dropout.dropProbability());
        }
        return dropout.exportsToStock()
                ? List.of()
                : List.of(
                        "model.zip will open with Dropwise only, by evaluate and predict: stock Deeplearning4j has no layer"
                                + " that evaluates what dropout " + dropout + " does"
                                + (dropout.kind() == DropoutSpec.Kind.DROPCONNECT
                                        ? "; eval=mean can be exported"
                                        : ""));
    }
}
