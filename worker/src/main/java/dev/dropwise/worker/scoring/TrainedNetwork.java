package dev.dropwise.worker.scoring;

import dev.dropwise.common.batch.ExampleBlock;
import dev.dropwise.common.batch.MiniBatchBuffers;
import dev.dropwise.common.batch.NativeFloats;
import dev.dropwise.common.checkpoint.CheckpointStore;
import dev.dropwise.common.checkpoint.TrainingState;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.TrainConfig;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.evaluation.MonteCarlo;
import dev.dropwise.common.evaluation.MonteCarloPass;
import dev.dropwise.common.evaluation.Uncertainty;
import dev.dropwise.common.evaluation.UncertaintyTally;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.layer.FastLayers;
import dev.dropwise.common.model.JsonModel;
import dev.dropwise.common.model.Model;
import dev.dropwise.common.model.ModelCard;
import dev.dropwise.common.model.ModelZoo;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The network of a run with its dropout, for Monte Carlo passes: built from the run's configuration as in training, with the parameters of
 * the checkpoint that was kept. What it is fed, the card in {@code model.zip} tells. For one thread.
 */
public final class TrainedNetwork {
    private final ModelCard card;
    private final MonteCarloPass pass;

    private TrainedNetwork(ModelCard card, MonteCarloPass pass) {
        this.card = card;
        this.pass = pass;
    }

    /**
     * Restores {@code run}; the kernel class must have been settled.
     *
     * @throws DropwiseException (configuration) when the network has no dropout or the run's options have changed, (bad data) when the
     *     checkpoint is gone or damaged
     */
    public static TrainedNetwork load(TrainedRun run, MonteCarlo request, Configuration hadoop) {
        ModelCard card = SavedNetwork.read(new Path(run.directory(), "model.zip").toString(), hadoop)
                .card();
        TrainingState state = state(run, hadoop);
        MultiLayerNetwork network = new MultiLayerNetwork(
                FastLayers.substitute(model(run.config(), card).configuration()));
        network.init();
        NativeFloats.set(network.params(), state.parameters());
        MiniBatchBuffers buffers = new MiniBatchBuffers(card.image(), card.flatInput(), card.classes());
        return new TrainedNetwork(card, new MonteCarloPass(network, buffers, request));
    }

    private static Model model(TrainConfig config, ModelCard card) {
        ModelConfig model = config.model();
        return model.definition().isEmpty()
                ? ModelZoo.model(model, config.updater(), card.image(), card.classes(), config.seed())
                : JsonModel.parse(model, model.definition(), card.image(), card.classes(), config.seed());
    }

    private static TrainingState state(TrainedRun run, Configuration hadoop) {
        List<String> warnings = new ArrayList<>();
        Path checkpoints = new Path(run.directory(), "checkpoints");
        TrainingState state = new CheckpointStore(checkpoints, hadoop, warnings::add)
                .whole(run.epoch())
                .orElseThrow(() -> DropwiseException.badData(checkpoints + ": expected the checkpoint of epoch "
                        + run.epoch() + ", which the run kept, since model.zip knows no dropout; found none: "
                        + String.join("; ", warnings) + "; restore it, or leave --monte-carlo out"));
        if (!state.configDigest().equals(run.config().digest())) {
            throw DropwiseException.configuration(checkpoints + ": the checkpoint of epoch " + run.epoch()
                    + " belongs to another configuration than run.json tells: expected digest "
                    + run.config().digest() + ", found " + state.configDigest()
                    + "; restore run.json, and the model's JSON file if it has one, as they were in training");
        }
        return state;
    }

    /**
     * Counts of {@code examples}.
     *
     * @param first number of the first of them in its data set
     */
    public UncertaintyTally tally(Examples examples, int first, String where) {
        return pass.tally(block(examples, where), first);
    }

    /** What the passes say about {@code examples}; {@code first} as for {@link #tally}. */
    public Uncertainty uncertainty(Examples examples, int first, String where) {
        return pass.uncertainty(block(examples, where), first);
    }

    private ExampleBlock block(Examples examples, String where) {
        return SavedNetwork.block(card, examples, where);
    }
}
