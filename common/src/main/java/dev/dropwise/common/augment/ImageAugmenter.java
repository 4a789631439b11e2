package dev.dropwise.common.augment;

import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Distorts images as an {@link Augmentation} says. What happens to an image is a function of (run seed, purpose AUGMENTATION, shard,
 * epoch, example) and of nothing else, so that it repeats on any number of workers and after a restart.
 *
 * <p>Works on normalised floats: normalising is affine for each channel, so interpolating after it gives what interpolating before it
 * would have given, and black is pixel 0 normalised. All parts together are one map from a place in the result to a place in the image:
 * it is resampled once (bilinearly, where turned; copied, where only moved), and nothing that a first part moves out of sight is lost to
 * a second one.
 *
 * <p>Allocates nothing per image. For one thread.
 */
public final class ImageAugmenter {
    private final Augmentation how;
    private final ImageShape shape;
    private final float[] black;
    private final StreamKey root;
    private final float[] image;
    private final float[] result;
    private final Placement placement = new Placement();
    private final TurnedImage turned;
    private long stream;

    /**
     * @param shape of the images
     * @param normalisation that they went through
     */
    public ImageAugmenter(Augmentation how, ImageShape shape, Normalisation normalisation, long runSeed) {
        this.how = how;
        this.shape = shape;
        this.black = normalisation.offset();
        this.root = StreamKey.of(runSeed, Purpose.AUGMENTATION);
        this.image = new float[shape.length()];
        this.result = new float[shape.length()];
        this.turned = new TurnedImage(shape, black);
        this.stream = root.value();
    }

    /** True when images stay as they are. */
    public boolean isIdentity() {
        return how.isNone();
    }

    /** Sets the shard and epoch that the next images belong to. */
    public void moveTo(int shard, int epoch) {
        stream = StreamKey.absorb(StreamKey.absorb(root.value(), shard), epoch);
    }

    /**
     * Writes image {@code example} of {@code from}, distorted, to {@code to} from {@code index} on. Positions of the buffers neither count
     * nor change.
     *
     * @param from images one after the other, channel by channel and row by row
     */
    public void augment(int example, FloatBuffer from, FloatBuffer to, int index) {
        placement.draw(StreamKey.absorb(stream, example), how);
        from.get(example * image.length, image);
        place(image, placement, result);
        to.put(index, result);
    }

    /** Writes {@code source}, placed as {@code where} says, to {@code target}. */
    void place(float[] source, Placement where, float[] target) {
        if (where.radians() != 0) {
            turned.place(source, where, target);
            return;
        }
        for (int c = 0; c < shape.channels(); c++) {
            move(source, c * shape.channelLength(), where, target, black[c]);
        }
    }

    private void move(float[] source, int base, Placement where, float[] target, float outside) {
        int width = shape.width();
        // Shift and crop together can move all of it out of sight.
        int right = Math.max(-width, Math.min(width, where.right()));
        int first = Math.max(0, right);
        int end = Math.min(width, width + right);
        for (int y = 0; y < shape.height(); y++) {
            int row = base + y * width;
            int from = y - where.down();
            if (from < 0 || from >= shape.height()) {
                Arrays.fill(target, row, row + width, outside);
                continue;
            }
            Arrays.fill(target, row, row + first, outside);
            Arrays.fill(target, row + end, row + width, outside);
            int fromRow = base + from * width;
            if (where.mirrored()) {
                for (int x = first; x < end; x++) {
                    target[row + x] = source[fromRow + width - 1 - (x - right)];
                }
            } else {
                System.arraycopy(source, fromRow + first - right, target, row + first, end - first);
            }
        }
    }
}
