package dev.dropwise.worker.training;

import dev.dropwise.common.storage.WholeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.util.ModelSerializer;

/** Leaves {@code model.zip} in the run directory. */
final class ModelFile {
    private final TrainingOrder order;
    private final RankContext context;
    private final LocalModel local;

    ModelFile(TrainingOrder order, RankContext context, LocalModel local) {
        this.order = order;
        this.context = context;
        this.local = local;
    }

    void write() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ModelSerializer.writeModel(local.replica().network(), bytes, false);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        new WholeFile(new Path(order.outDirectory(), "model.zip"), context.hadoop()).replace(bytes.toByteArray());
    }
}
