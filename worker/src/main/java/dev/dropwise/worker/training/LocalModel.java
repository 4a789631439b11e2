package dev.dropwise.worker.training;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.DataSets;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.dropout.MaskContext;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelZoo;
import org.apache.hadoop.conf.Configuration;

/** A rank's network, ready to train, and where its examples come from. Made before ranks are connected; for one thread. */
public final class LocalModel {
    private final ImageSource source;
    private final Model model;
    private final MaskContext masks;
    private final Replica replica;

    private LocalModel(ImageSource source, Model model, MaskContext masks) {
        this.source = source;
        this.model = model;
        this.masks = masks;
        this.replica = Replica.of(model, masks);
    }

    /**
     * Opens the data set and builds the network; the kernel class must have been settled.
     *
     * @param masks where the network's dropout draws from; not yet bound
     */
    public static LocalModel load(TrainConfig config, MaskContext masks, Configuration hadoop) {
        ImageSource source = DataSets.open(config.data(), hadoop);
        Model model = ModelZoo.model(config.model(), config.updater(), source.shape(), source.classes(), config.seed());
        return new LocalModel(source, model, masks);
    }

    /** Bytes of the flattened gradient, the vector that is exchanged every step. */
    public long gradientBytes() {
        return replica.gradient().length() * Float.BYTES;
    }

    ImageSource source() {
        return source;
    }

    Model model() {
        return model;
    }

    MaskContext masks() {
        return masks;
    }

    Replica replica() {
        return replica;
    }
}
