package dev.dropwise.common.dropout;

import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.DropwiseException.Category;
import dev.dropwise.common.failure.ExitCode;
import java.util.List;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Where a network's noise draws from: the run's seed and the training loop's position, moved before each forward-backward
 * pass. Two networks with contexts of their own never share a mask, whatever {@code init()} and {@code setParams} did to
 * ND4J's thread-wide generator, and the same position gives the same masks again, bit for bit.
 *
 * <pre>{@code
 * network.init();
 * var masks = new MaskContext(runSeed);
 * masks.bind(network);
 * masks.moveTo(shard, epoch, step);          // before every pass
 * network.computeGradientAndScore();
 * }</pre>
 *
 * <p>During each site's first passes it records digests for {@link MaskAudit}. Serves one network; used by the thread that
 * trains it.
 */
public final class MaskContext {
    /** How many passes of a shard are recorded for the audit. */
    public static final int RECORDED_PASSES = 3;

    private final MaskKeying keying;
    private final MaskRecorder recorder;
    private int shard = -1;
    private int epoch;
    private long step;

    /** The mask streams of the run with {@code runSeed}, recording {@link #RECORDED_PASSES}. */
    public MaskContext(long runSeed) {
        this(MaskKeying.of(runSeed), RECORDED_PASSES);
    }

    /** Mask streams keyed by {@code keying}; {@code recordedPasses} may be 0. */
    public MaskContext(MaskKeying keying, int recordedPasses) {
        this.keying = keying;
        this.recorder = new MaskRecorder(recordedPasses);
    }

    /** Sets the position that the masks of the next pass are a function of. */
    public void moveTo(int shard, int epoch, long step) {
        if (shard < 0 || epoch < 0 || step < 0) {
            throw new IllegalArgumentException(
                    "a position counts from 0: shard=" + shard + " epoch=" + epoch + " step=" + step);
        }
        this.shard = shard;
        this.epoch = epoch;
        this.step = step;
    }

    /**
     * Makes all of Dropwise's dropouts in {@code network}, also those of wrapped layers and those within layers
     * ({@link NoisyLayer}), draw from this context; call it after {@code init()}. A site's number is its layer's index; a
     * second place to draw in one layer gets that plus the number of layers, and so on. One dropout instance given to several
     * layers is replaced by a clone for each.
     *
     * @return how many sites there are
     * @throws DropwiseException when the network shares its configuration, and so its dropouts, with another one
     */
    public int bind(MultiLayerNetwork network) {
        int bound = 0;
        int layers = network.getnLayers();
        for (int index = 0; index < layers; index++) {
            Layer configuration =
                    network.getLayerWiseConfigurations().getConf(index).getLayer();
            int number = index;
            List<Layer> nested = NestedLayers.of(configuration);
            for (Layer layer : nested) {
                bound += bindDropout(network, layer, number);
                number += layers;
            }
            for (Layer layer : nested) {
                bound += bindNoise(network, layer, number);
                number += layers;
            }
        }
        return bound;
    }

    private int bindDropout(MultiLayerNetwork network, Layer layer, int number) {
        if (!(layer.getIDropout() instanceof KeyedNoise noise)) {
            return 0;
        }
        requireOwn(network, noise, number);
        boolean sharedBetweenLayers =
                noise.site().filter(site -> site.number() != number).isPresent();
        if (sharedBetweenLayers) {
            IDropout own = layer.getIDropout().clone();
            layer.setIDropout(own);
            ((KeyedNoise) own).bind(new NoiseSite(this, network, number));
        } else {
            noise.bind(new NoiseSite(this, network, number));
        }
        return 1;
    }

    private int bindNoise(MultiLayerNetwork network, Layer layer, int number) {
        if (!(layer instanceof NoisyLayer noisy)) {
            return 0;
        }
        requireOwn(network, noisy.noise(), number);
        noisy.noise().site().filter(site -> site.number() != number).ifPresent(site -> {
            throw DropwiseException.configuration("masks: site " + number + " ("
                    + layer.getClass().getSimpleName() + ") has noise that is drawn from by the layer at site "
                    + site.number() + " already; give each place in the network a layer.clone()");
        });
        noisy.noise().bind(new NoiseSite(this, network, number));
        return 1;
    }

    private static void requireOwn(MultiLayerNetwork network, KeyedNoise noise, int number) {
        boolean sharedBetweenNetworks =
                noise.site().filter(site -> !site.isIn(network)).isPresent();
        if (sharedBetweenNetworks) {
            throw new DropwiseException(
                    Category.FATAL,
                    ExitCode.BUG,
                    "masks: layer " + number
                            + " shares its dropout with another network, so that each would overwrite the"
                            + " other's masks; build every network from its own configuration.clone()",
                    null);
        }
    }

    /** The masks recorded so far, for {@link MaskAudit#verify} together with those of all other ranks. */
    public List<MaskRecord> records() {
        return recorder.records();
    }

    /** The position for messages: {@code shard=0 epoch=1 step=2}. */
    @Override
    public String toString() {
        return "shard=" + shard + " epoch=" + epoch + " step=" + step;
    }

    long key(int site) {
        if (shard < 0) {
            throw new IllegalStateException(
                    "masks: site " + site + " draws before moveTo(shard, epoch, step) said where the run stands");
        }
        return keying.key(shard, site, epoch, step);
    }

    void drawn(int site, double dropProbability, RandomBits bits) {
        recorder.record(shard, site, dropProbability, bits);
    }
}
