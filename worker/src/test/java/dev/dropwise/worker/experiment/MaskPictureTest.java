package dev.dropwise.worker.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaskPictureTest {
    private static final int MAPS = 2;
    private static final int SIDE = 28;
    private static final float[] INPUT = input();

    @Test
    void shouldScaleWhatIsLeftAndRepeatWhenTheKindIsInverted() {
        float[] left = picture("inverted:0.5");

        assertThat(IntStream.range(0, left.length)).allMatch(i -> left[i] == 0 || left[i] == 2 * INPUT[i]);
        assertThat(picture("inverted:0.5")).isEqualTo(left);
    }

    @Test
    void shouldDrawAnotherMaskForEachMapWhenWeightsAreDropped() {
        float[] left = picture("dropconnect:0.5");

        assertThat(IntStream.range(0, left.length)).allMatch(i -> left[i] == 0 || left[i] == INPUT[i]);
        boolean[] first = zeros(Arrays.copyOfRange(left, 0, SIDE * SIDE));
        assertThat(zeros(Arrays.copyOfRange(left, SIDE * SIDE, left.length))).isNotEqualTo(first);
    }

    @Test
    void shouldLeaveOneUnitAWindowAtMostMostlyTheLargestWhenWindowsArePooled() {
        float[] left = picture("pooling:0.25");

        int largest = 0;
        for (int window = 0; window < MAPS * 14 * 14; window++) {
            int corner = (window / 196 * SIDE + window / 14 % 14 * 2) * SIDE + window % 14 * 2;
            int[] units = {corner, corner + 1, corner + SIDE, corner + SIDE + 1};
            assertThat(Arrays.stream(units).filter(at -> left[at] != 0).count()).isLessThanOrEqualTo(1);
            double most =
                    Arrays.stream(units).mapToDouble(at -> INPUT[at]).max().orElseThrow();
            largest += Arrays.stream(units).anyMatch(at -> left[at] == most) ? 1 : 0;
        }
        // Five standard errors of a binomial of 392 with 0.75: 5 * 8.6.
        assertThat(largest).isBetween(294 - 43, 294 + 43);
    }

    @Test
    void shouldKeepMoreWhereThereIsMoreToSayWhenStandoutDecides() {
        float[] input = INPUT.clone();
        for (int i = 0; i < input.length; i++) {
            input[i] = i % 2 == 0 ? 3 : -3;
        }
        float[] left = new MaskPicture("standout:0.5", 1, MAPS, input).measure().pixels();

        long strong = IntStream.range(0, left.length).filter(i -> left[i] == 3).count();
        long weak = IntStream.range(0, left.length).filter(i -> left[i] == -3).count();
        // sigma(3) = 0.953 and sigma(-3) = 0.047 of 784 each, five standard errors of 5.9.
        assertThat(strong).isBetween(747L - 30, 747L + 30);
        assertThat(weak).isBetween(37L - 30, 37L + 30);
    }

    private static float[] picture(String spec) {
        return new MaskPicture(spec, 1, MAPS, INPUT).measure().pixels();
    }

    private static boolean[] zeros(float[] values) {
        boolean[] zeros = new boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            zeros[i] = values[i] == 0;
        }
        return zeros;
    }

    /** All different, none 0. */
    private static float[] input() {
        float[] input = new float[MAPS * SIDE * SIDE];
        for (int i = 0; i < input.length; i++) {
            input[i] = 1 + i * 677 % input.length;
        }
        return input;
    }
}
