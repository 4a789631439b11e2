package dev.dropwise.common.layer;

import dev.dropwise.common.config.DropConnectOptions;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.StandoutOptions;
import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.PoolingDropout;
import dev.dropwise.common.dropout.Standout;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** From a stock layer to one that draws noise within, for the kinds of dropout that a dropout on a layer's input cannot be. */
public final class NoisyLayers {
    private NoisyLayers() {}

    /**
     * The layer that {@code spec} makes of {@code stock}: of a dense layer for standout and DropConnect, of a max-pooling layer
     * for pooling; {@code stock} itself for other kinds, and for layers that the kind leaves alone.
     *
     * @param seed of its streams while unbound
     * @param site that tells it from other layers while unbound
     */
    public static Layer of(DropoutSpec spec, Layer stock, long seed, int site) {
        if (spec.isNone()) {
            return stock;
        }
        double drop = spec.dropProbability();
        return switch (spec.kind()) {
            case STANDOUT -> stock.getClass() == DenseLayer.class ? standout(spec, stock, seed, site) : stock;
            case DROPCONNECT -> stock.getClass() == DenseLayer.class ? dropConnect(spec, stock, seed, site) : stock;
            case POOLING -> isMaxPooling(stock) ? pooling(new PoolingDropout(drop, seed, site), stock) : stock;
            default -> stock;
        };
    }

    /** Whether {@code layer} is one that pooling dropout can take the place of. */
    public static boolean isMaxPooling(Layer layer) {
        return layer.getClass() == SubsamplingLayer.class
                && ((SubsamplingLayer) layer).getPoolingType() == PoolingType.MAX;
    }

    private static Layer standout(DropoutSpec spec, Layer stock, long seed, int site) {
        StandoutOptions options = spec.standout();
        StandoutLayer layer = FastLayers.copied(stock, new StandoutLayer());
        layer.setNoise(new Standout(spec.dropProbability(), options.alpha(), options.beta(), seed, site));
        return layer;
    }

    private static Layer dropConnect(DropoutSpec spec, Layer stock, long seed, int site) {
        DropConnectOptions options = spec.dropConnect();
        DropConnectLayer layer = FastLayers.copied(stock, new DropConnectLayer());
        DropConnect.Masks masks = options.maskOfExample() ? DropConnect.Masks.EXAMPLE : DropConnect.Masks.BATCH;
        layer.setNoise(new DropConnect(spec.dropProbability(), masks, options.samples(), seed, site));
        return layer;
    }

    private static Layer pooling(PoolingDropout noise, Layer stock) {
        PoolingDropoutLayer layer = FastLayers.copied(stock, new PoolingDropoutLayer());
        layer.setNoise(noise);
        return layer;
    }
}
