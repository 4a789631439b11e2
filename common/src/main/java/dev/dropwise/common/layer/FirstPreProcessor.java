package dev.dropwise.common.layer;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** The preprocessor before the first layer, put up with that layer's leaving out the gradient of its input. */
public final class FirstPreProcessor implements InputPreProcessor {
    private static final long serialVersionUID = 1L;

    private final InputPreProcessor stock;

    /** Does what {@code stock} does wherever there is something to do. */
    public FirstPreProcessor(@JsonProperty("stock") InputPreProcessor stock) {
        this.stock = stock;
    }

    /** The preprocessor of the stock configuration; named for JSON. */
    @JsonProperty("stock")
    public InputPreProcessor stock() {
        return stock;
    }

    @Override
    public INDArray preProcess(INDArray input, int miniBatchSize, LayerWorkspaceMgr workspaces) {
        return stock.preProcess(input, miniBatchSize, workspaces);
    }

    @Override
    public @Nullable INDArray backprop(@Nullable INDArray epsilon, int miniBatchSize, LayerWorkspaceMgr workspaces) {
        return epsilon == null ? null : stock.backprop(epsilon, miniBatchSize, workspaces);
    }

    @Override
    @SuppressWarnings("MissingSuperCall") // an interface's clone has none
    public InputPreProcessor clone() {
        return new FirstPreProcessor(stock.clone());
    }

    @Override
    public InputType getOutputType(InputType inputType) {
        return stock.getOutputType(inputType);
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(INDArray mask, MaskState state, int miniBatchSize) {
        return stock.feedForwardMaskArray(mask, state, miniBatchSize);
    }
}
