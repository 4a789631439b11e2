package dev.dropwise.worker.experiment;

import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.dropout.DropConnect;
import dev.dropwise.common.dropout.Dropouts;
import dev.dropwise.common.dropout.ParameterMask;
import dev.dropwise.common.dropout.PoolingDropout;
import dev.dropwise.common.dropout.Standout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a kind of dropout leaves of some square maps in training: real masks, drawn by the code that training uses. The maps stand for what
 * the kind drops parts of: feature maps of one example; pre-activations for {@code standout}; for {@code dropconnect} weights, under the masks
 * of as many examples; for {@code pooling} maps that are pooled in windows of 2 x 2, where only what a window chooses is left.
 *
 * @param spec such as {@code inverted:0.5}
 * @param seed of the mask
 * @param maps how many maps
 * @param pixels of the maps, row by row and map by map
 */
@SuppressWarnings("ArrayRecordComponent") // Shipped, never compared.
public record MaskPicture(String spec, long seed, int maps, float[] pixels) implements Measurement<MaskPicture.Result> {
    private static final long serialVersionUID = 1L;
    private static final int WINDOW = 2;

    /**
     * The maps after dropout in training.
     *
     * @param pixels laid out as they came
     */
    @SuppressWarnings("ArrayRecordComponent") // Shipped, never compared.
    public record Result(float[] pixels) {}

    @Override
    public Result measure() {
        DropoutSpec parsed = DropoutSpec.parse(spec);
        double drop = parsed.dropProbability();
        INDArray input = Nd4j.createFromArray(pixels).reshape(1, maps, side(), side());
        INDArray result = switch (parsed.kind()) {
            case STANDOUT -> new Standout(drop, seed, 0).mask(input, 0, 0).mul(input);
            case DROPCONNECT -> connections(drop);
            case POOLING -> pooled(drop);
            default -> dropped(parsed, input);
        };
        return new Result(result.reshape(pixels.length).toFloatVector());
    }

    private int side() {
        return (int) Math.round(Math.sqrt(pixels.length / (double) maps));
    }

    private INDArray dropped(DropoutSpec parsed, INDArray input) {
        INDArray result = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
        Dropouts.of(parsed, new ImageShape(maps, side(), side()), seed, 0)
                .orElseThrow(() -> new IllegalArgumentException("a picture needs something to drop, found " + spec))
                .applyDropout(input, result, 0, 0, LayerWorkspaceMgr.noWorkspaces());
        return result;
    }

    private INDArray connections(double drop) {
        int length = pixels.length / maps;
        DropConnect noise = new DropConnect(drop, DropConnect.Masks.EXAMPLE, 0, seed, 0);
        long key = noise.draw(length, 0, 0);
        ParameterMask mask = new ParameterMask(length);
        INDArray all = Nd4j.create(DataType.FLOAT, pixels.length);
        for (int map = 0; map < maps; map++) {
            float[] own = Arrays.copyOfRange(pixels, map * length, (map + 1) * length);
            INDArray left = Nd4j.create(DataType.FLOAT, length);
            noise.fill(DropConnect.keyOf(key, map), mask);
            mask.apply(Nd4j.createFromArray(own), left);
            float[] kept = left.toFloatVector();
            for (int i = 0; i < length; i++) {
                all.putScalar((long) map * length + i, kept[i]);
            }
        }
        return all;
    }

    private INDArray pooled(double drop) {
        int across = side() / WINDOW;
        int[] ranks = new int[maps * across * across];
        PoolingDropout noise = new PoolingDropout(drop, seed, 0);
        noise.ranks(noise.draw(ranks.length, 0, 0), 0, WINDOW * WINDOW, ranks);
        float[] left = new float[pixels.length];
        for (int window = 0; window < ranks.length; window++) {
            if (ranks[window] < WINDOW * WINDOW) {
                int chosen = unit(window, ranks[window]);
                left[chosen] = pixels[chosen];
            }
        }
        return Nd4j.createFromArray(left);
    }

    /** Where the unit of that rank, 0 for the largest, is among all pixels. */
    private int unit(int window, int rank) {
        int across = side() / WINDOW;
        int map = window / (across * across);
        int row = window / across % across * WINDOW;
        int column = window % across * WINDOW;
        return IntStream.range(0, WINDOW * WINDOW)
                .map(i -> (map * side() + row + i / WINDOW) * side() + column + i % WINDOW)
                .boxed()
                .sorted(Comparator.comparing((Integer at) -> -pixels[at]))
                .toList()
                .get(rank);
    }
}
