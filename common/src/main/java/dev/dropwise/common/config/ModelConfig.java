package dev.dropwise.common.config;

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
    /** A network of the zoo. */
    public ModelConfig(
            String name,
            Activation activation,
            DropoutSpec dropout,
            DropoutSpec inputDropout,
            Regularisation regularisation) {
        this(name, "", activation, dropout, inputDropout, regularisation);
    }
}
