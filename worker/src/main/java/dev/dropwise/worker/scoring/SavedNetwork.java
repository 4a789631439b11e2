package dev.dropwise.worker.scoring;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.evaluation.EvaluationPass;
import dev.dropwise.common.evaluation.Tally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.model.ModelCard;
import dev.dropwise.common.model.ModelImport;
import dev.dropwise.common.model.SavedModel;
import dev.dropwise.common.storage.HadoopFileSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A model read back from {@code model.zip}, in eval mode, with the normalisation that it was trained with. For one thread. */
public final class SavedNetwork {
    private final ModelCard card;
    private final EvaluationPass pass;

    private SavedNetwork(SavedModel saved) {
        this.card = saved.card();
        // The same execution as in training, so that evaluate repeats what train has measured, bit for bit
        // where export has folded nothing into weights.
        MultiLayerNetwork network = new MultiLayerNetwork(FastLayers.substitute(saved.configuration()));
        network.init(saved.parameters(), true);
        this.pass = new EvaluationPass(network, new MiniBatchBuffers(card.image(), card.flatInput(), card.classes()));
    }

    /** Reads {@code location}; the kernel class must have been settled. */
    public static SavedNetwork load(String location, Configuration hadoop) {
        return new SavedNetwork(read(location, hadoop));
    }

    static SavedModel read(String location, Configuration hadoop) {
        Path path = new Path(location);
        try (InputStream in = HadoopFileSystem.of(path, hadoop).open(path)) {
            return ModelImport.read(location, in);
        } catch (FileNotFoundException e) {
            throw DropwiseException.badData(location
                    + ": expected the model of a finished run, found nothing; check --run, or wait for the run to end");
        } catch (IOException e) {
            throw DropwiseException.io(location + ": cannot be read: " + e.getMessage() + "; check permissions", e);
        }
    }

    /** Counts of {@code examples}. */
    public Tally tally(Examples examples, String where) {
        return pass.tally(block(card, examples, where));
    }

    /** Class probabilities of {@code examples}, row after row. */
    public float[] probabilities(Examples examples, String where) {
        ExampleBlock block = block(card, examples, where);
        float[] all = new float[block.count() * card.classes()];
        pass.probabilities(block, all);
        return all;
    }

    /** Outputs of the network. */
    public int classes() {
        return card.classes();
    }

    /** {@code examples} as the model of {@code card} reads them. */
    static ExampleBlock block(ModelCard card, Examples examples, String where) {
        ImageShape expected = card.image();
        if (!examples.shape().equals(expected)) {
            throw DropwiseException.badData(
                    where + ": expected images of " + expected + " as the model was trained on, found "
                            + examples.shape() + "; use the model's own data set: " + card.data());
        }
        return new ExampleBlock(examples, card.normalisation());
    }
}
