package dev.dropwise.worker.training;

import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.ImageSource;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.model.ModelCard;
import dev.dropwise.common.model.ModelExport;
import dev.dropwise.common.storage.WholeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Leaves {@code model.zip} in the run directory. */
final class ModelFile {
    private final TrainConfig config;
    private final LocalModel local;
    private final WholeFile file;

    ModelFile(TrainingOrder order, LocalModel local, Configuration hadoop) {
        this.config = order.config();
        this.local = local;
        this.file = new WholeFile(new Path(order.outDirectory(), "model.zip"), hadoop);
    }

    /** Writes the network as it stands, without updater state: a model is for use, checkpoints are for training on. */
    void write() {
        ImageSource source = local.source();
        ModelCard card = new ModelCard(
                config.data().name(),
                config.model().name(),
                source.shape(),
                source.classes(),
                local.model().flatInput(),
                Normalisation.of(source.shape(), config.data().pixels()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ModelExport.write(
                    bytes, local.model().configuration(), local.replica().parameters(), Optional.empty(), card);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        file.replace(bytes.toByteArray());
    }
}
