package dev.dropwise.common.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.random.Purpose;
import dev.dropwise.common.random.StreamKey;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private static final StreamKey ROOT = StreamKey.of(20_250_601, Purpose.AUGMENTATION);
    private static final int DRAWS = 20_000;

    private final Placement placement = new Placement();

    @Test
    void shouldMoveToEveryPlaceEquallyOftenWhenShifted() {
        // given 7 x 7 places, 48 degrees of freedom
        Augmentation how = Augmentation.parse("shift:3");

        // when
        double chiSquare = chiSquare(how, 49, drawn -> (drawn.right() + 3) * 7 + drawn.down() + 3);

        // then 0.999 quantile
        assertThat(chiSquare).isLessThan(84.0).isGreaterThan(20.0);
    }

    @Test
    void shouldMoveToEveryPlaceEquallyOftenWhenCropped() {
        double chiSquare =
                chiSquare(Augmentation.parse("crop:1"), 9, drawn -> (drawn.right() + 1) * 3 + drawn.down() + 1);

        // 8 degrees of freedom, 0.999 quantile.
        assertThat(chiSquare).isLessThan(26.1);
    }

    @Test
    void shouldMirrorEverySecondImageWhateverTheTurnWhenFlipped() {
        // given four turns, mirrored or not
        Augmentation how = Augmentation.parse("flip,rotate:60");
        double quarter = Math.toRadians(30);

        // when
        double chiSquare = chiSquare(
                how, 8, drawn -> (int) Math.floor(drawn.radians() / quarter) + 2 + (drawn.mirrored() ? 4 : 0));

        // then 7 degrees of freedom, 0.999 quantile
        assertThat(chiSquare).isLessThan(24.3);
    }

    @Test
    void shouldAddBothWhenShiftedAndCropped() {
        Augmentation how = Augmentation.parse("shift:2,crop:4");
        int furthest = 0;
        double squares = 0;
        for (int i = 0; i < DRAWS; i++) {
            placement.draw(ROOT.with(i).value(), how);
            furthest = Math.max(furthest, Math.abs(placement.right()));
            squares += placement.right() * placement.right();
        }

        assertThat(furthest).isEqualTo(6);
        // Variances of uniform numbers from -2 to 2 and from -4 to 4: 2 and 20/3; three standard errors.
        assertThat(squares / DRAWS).isCloseTo(2 + 20 / 3.0, within(3 * 9.5 / Math.sqrt(DRAWS)));
    }

    @Test
    void shouldLeaveTheOtherPartsAsTheyAreWhenAPartIsAdded() {
        placement.draw(5, Augmentation.parse("shift:9"));
        int right = placement.right();
        int down = placement.down();

        placement.draw(5, Augmentation.parse("shift:9,rotate:30,flip"));

        assertThat(placement.right()).isEqualTo(right);
        assertThat(placement.down()).isEqualTo(down);
        assertThat(placement.radians()).isNotZero();
    }

    private double chiSquare(Augmentation how, int cells, ToIntFunction<Placement> cellOf) {
        int[] counts = new int[cells];
        for (int i = 0; i < DRAWS; i++) {
            placement.draw(ROOT.with(i).value(), how);
            counts[cellOf.applyAsInt(placement)]++;
        }
        double expected = DRAWS / (double) cells;
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        System.out.println("augment " + how + ": chi-square " + sum + " on " + (cells - 1) + " degrees of freedom");
        return sum;
    }
}
