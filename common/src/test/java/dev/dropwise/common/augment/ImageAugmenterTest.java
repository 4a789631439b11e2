package dev.dropwise.common.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageAugmenterTest {
    private static final int WARM_UP_ROUNDS = 200;
    private static final long NEGLIGIBLE_BYTES = 1_000;
    private static final ImageShape GREY = new ImageShape(1, 3, 4);
    private static final ImageShape COLOUR = new ImageShape(3, 5, 6);
    private static final long SEED = 42;
    private static final float[] IMAGE = {
        1, 2, 3, 4,
        5, 6, 7, 8,
        9, 10, 11, 12,
    };

    private final Placement placement = new Placement();

    @Test
    void shouldMoveByWholePixelsAndFillWithBlackWhenShifted() {
        assertThat(placed(placement.set(false, 0, 1, 0))).containsExactly(0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11);
        assertThat(placed(placement.set(false, 0, -2, 0))).containsExactly(3, 4, 0, 0, 7, 8, 0, 0, 11, 12, 0, 0);
        assertThat(placed(placement.set(false, 0, 0, 2))).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4);
        assertThat(placed(placement.set(false, 0, 1, -1))).containsExactly(0, 5, 6, 7, 0, 9, 10, 11, 0, 0, 0, 0);
        assertThat(placed(placement.set(false, 0, 7, -9))).containsOnly(0).hasSize(12);
        assertThat(placed(placement.set(false, 0, -7, 0))).containsOnly(0).hasSize(12);
    }

    @Test
    void shouldMirrorBeforeItMovesWhenFlipped() {
        assertThat(placed(placement.set(true, 0, 0, 0))).containsExactly(4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9);
        assertThat(placed(placement.set(true, 0, 1, 1))).containsExactly(0, 0, 0, 0, 0, 4, 3, 2, 0, 8, 7, 6);
    }

    @Test
    void shouldLeaveImagesAsTheyAreWhenNothingIsAsked() {
        assertThat(placed(placement.set(false, 0, 0, 0))).containsExactly(IMAGE);
        placement.draw(77, Augmentation.NONE);
        assertThat(placed(placement)).containsExactly(IMAGE);
        assertThat(grey(Augmentation.NONE).isIdentity()).isTrue();
        assertThat(grey(Augmentation.parse("flip")).isIdentity()).isFalse();
    }

    @Test
    void shouldTurnTheXAxisTowardsTheYAxisWhenTurnedByAQuarter() {
        ImageShape square = new ImageShape(1, 3, 3);
        ImageAugmenter augmenter = new ImageAugmenter(Augmentation.NONE, square, Normalisation.of(square), SEED);
        float[] found = new float[9];

        augmenter.place(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, placement.set(false, Math.PI / 2, 0, 0), found);

        float[] expected = {7, 4, 1, 8, 5, 2, 9, 6, 3};
        for (int i = 0; i < 9; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-5f));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 10, 0, 0", "false, -33, 2, -1", "true, 25, 0, 1", "true, 180, -3, 0", "false, 1e-9, 0, 0"})
    void shouldAgreeWithANaiveOracleOnRawPixelsWhenTurnedMirroredAndMoved(
            boolean mirrored, double degrees, int right, int down) {
        // given
        Normalisation normalisation = Normalisation.of(COLOUR);
        byte[] pixels = new byte[COLOUR.length()];
        new Random(SEED).nextBytes(pixels);
        FloatBuffer normalised = FloatBuffer.allocate(COLOUR.length());
        normalisation.apply(pixels, 0, 1, COLOUR, normalised);
        placement.set(mirrored, Math.toRadians(degrees), right, down);

        // when
        float[] found = new float[COLOUR.length()];
        new ImageAugmenter(Augmentation.NONE, COLOUR, normalisation, SEED).place(normalised.array(), placement, found);

        // then
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 6; x++) {
                    double pixel = oracle(pixels, c, x, y);
                    double expected =
                            pixel * normalisation.scale()[c] + normalisation.offset()[c];
                    assertThat((double) found[c * 30 + y * 6 + x])
                            .as("channel %d x %d y %d", c, x, y)
                            .isCloseTo(expected, within(1e-4));
                }
            }
        }
    }

    /** The raw pixel at ({@code x}, {@code y}) of the result: move back, turn back, mirror back, in this order, then weigh all pixels. */
    private double oracle(byte[] pixels, int channel, int x, int y) {
        double u = x - placement.right() - 2.5;
        double v = y - placement.down() - 2.0;
        double length = Math.hypot(u, v);
        double angle = Math.atan2(v, u) - placement.radians();
        double fromX = length * Math.cos(angle) * (placement.mirrored() ? -1 : 1) + 2.5;
        double fromY = length * Math.sin(angle) + 2.0;
        double sum = 0;
        for (int row = 0; row < 5; row++) {
            for (int column = 0; column < 6; column++) {
                double nearX = Math.max(0, 1 - Math.abs(fromX - column));
                double nearY = Math.max(0, 1 - Math.abs(fromY - row));
                sum += nearX * nearY * (pixels[channel * 30 + row * 6 + column] & 0xFF);
            }
        }
        return sum;
    }

    @Test
    void shouldFillWithBlackOfEachChannelWhenColoursAreMoved() {
        Normalisation normalisation = Normalisation.of(COLOUR);
        float[] found = new float[COLOUR.length()];

        new ImageAugmenter(Augmentation.NONE, COLOUR, normalisation, SEED)
                .place(new float[COLOUR.length()], placement.set(false, 0, 2, 0), found);

        for (int c = 0; c < 3; c++) {
            assertThat(found[c * 30]).isEqualTo(normalisation.offset()[c]).isNotZero();
            assertThat(found[c * 30 + 2]).isZero();
        }
    }

    @Test
    void shouldDoTheSameToAnExampleWhateverCameBeforeWhenShardAndEpochAreTheSame() {
        // given
        Augmentation how = Augmentation.parse("shift:1,rotate:20,flip,crop:1");
        float[] images = new float[50 * IMAGE.length];
        for (int i = 0; i < images.length; i++) {
            images[i] = 1 + i % IMAGE.length;
        }
        float[] first = all(grey(how), images, 3, 5);

        // when
        ImageAugmenter other = grey(how);
        all(other, images, 2, 5);
        float[] again = all(other, images, 3, 5);

        // then
        assertThat(again).containsExactly(first);
        assertThat(all(other, images, 4, 5)).isNotEqualTo(first);
        assertThat(all(other, images, 3, 6)).isNotEqualTo(first);
        assertThat(Arrays.copyOfRange(first, 0, 12)).isNotEqualTo(Arrays.copyOfRange(first, 12, 24));
    }

    @Test
    void shouldAllocateNothingWhenImagesAreDistorted() {
        // given
        ImageAugmenter augmenter = grey(Augmentation.parse("shift:1,rotate:20,flip,crop:1"));
        FloatBuffer images = FloatBuffer.allocate(1000 * IMAGE.length);
        FloatBuffer target = FloatBuffer.allocate(IMAGE.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        // when: until the compiler has seen that what it makes on the way does not escape
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < WARM_UP_ROUNDS && fewest >= NEGLIGIBLE_BYTES; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(augmenter, images, target);
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }

        // then
        assertThat(fewest).as("bytes for 1,000 images").isLessThan(NEGLIGIBLE_BYTES);
    }

    private static void run(ImageAugmenter augmenter, FloatBuffer images, FloatBuffer target) {
        augmenter.moveTo(0, 0);
        for (int example = 0; example < 1000; example++) {
            augmenter.augment(example, images, target, 0);
        }
    }

    private static float[] all(ImageAugmenter augmenter, float[] images, int shard, int epoch) {
        FloatBuffer target = FloatBuffer.allocate(images.length);
        augmenter.moveTo(shard, epoch);
        for (int example = 0; example < images.length / IMAGE.length; example++) {
            augmenter.augment(example, FloatBuffer.wrap(images), target, example * IMAGE.length);
        }
        return target.array();
    }

    private static float[] placed(Placement where) {
        float[] result = new float[IMAGE.length];
        Arrays.fill(result, Float.NaN);
        grey(Augmentation.NONE).place(IMAGE, where, result);
        return result;
    }

    private static ImageAugmenter grey(Augmentation how) {
        return new ImageAugmenter(how, GREY, Normalisation.of(GREY), SEED);
    }
}
