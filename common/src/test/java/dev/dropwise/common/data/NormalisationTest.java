package dev.dropwise.common.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NormalisationTest {
    private static final ImageShape GREY = new ImageShape(1, 28, 28);
    private static final ImageShape COLOUR = new ImageShape(3, 40, 40);

    @Test
    void shouldMapBytesToTheUnitIntervalWhenImagesAreGrey() {
        byte[] pixels = new byte[2 * 784];
        pixels[784] = (byte) 255;
        pixels[785] = (byte) 51;
        FloatBuffer out = FloatBuffer.allocate(784);

        Normalisation.of(GREY).apply(pixels, 1, 1, GREY, out);

        assertThat(out.get(0)).isCloseTo(1f, within(1e-7f));
        assertThat(out.get(1)).isCloseTo(0.2f, within(1e-7f));
        assertThat(out.get(2)).isZero();
        assertThat(out.position()).isEqualTo(784);
    }

    @Test
    void shouldUseEachChannelsConstantsWhenImagesAreColoured() {
        byte[] pixels = DataFiles.noise(3 * COLOUR.length(), 5);
        FloatBuffer out = ByteBuffer.allocateDirect(2 * COLOUR.length() * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();

        Normalisation.of(COLOUR).apply(pixels, 1, 2, COLOUR, out);

        double[] mean = {125.3, 123.0, 113.9};
        double[] deviation = {63.0, 62.1, 66.7};
        for (int i = 0; i < 2 * COLOUR.length(); i++) {
            int c = i / 1600 % 3;
            double expected = ((pixels[COLOUR.length() + i] & 0xFF) - mean[c]) / deviation[c];
            assertThat((double) out.get(i)).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void shouldSubtractTheMeanAndDivideBy255WhenCentred() {
        FloatBuffer colours = FloatBuffer.allocate(COLOUR.length());
        FloatBuffer greys = FloatBuffer.allocate(GREY.length());
        byte[] white = new byte[COLOUR.length()];
        Arrays.fill(white, (byte) 255);

        Normalisation.of(COLOUR, PixelScale.CENTRED).apply(white, 0, 1, COLOUR, colours);
        Normalisation.of(GREY, PixelScale.CENTRED).apply(white, 0, 1, GREY, greys);

        assertThat((double) colours.get(0)).isCloseTo((255 - 125.3) / 255, within(1e-6));
        assertThat((double) colours.get(COLOUR.length() - 1)).isCloseTo((255 - 113.9) / 255, within(1e-6));
        assertThat((double) greys.get(0)).isCloseTo(1 - 0.1307, within(1e-4));
        assertThat(Normalisation.of(COLOUR, PixelScale.STANDARD)).isEqualTo(Normalisation.of(COLOUR));
    }

    @Test
    void shouldGatherInOrderWhenGivenAMiniBatch() {
        byte[] pixels = DataFiles.noise(5 * 784, 9);
        Examples examples = new Examples(GREY, pixels, new byte[5]);
        FloatBuffer gathered = FloatBuffer.allocate(2 * 784);
        FloatBuffer single = FloatBuffer.allocate(2 * 784);
        Normalisation normalisation = Normalisation.of(GREY);

        normalisation.gather(examples, new int[] {0, 4, 2, 1, 3}, 1, 2, gathered);

        normalisation.apply(pixels, 4, 1, GREY, single);
        normalisation.apply(pixels, 2, 1, GREY, single);
        assertThat(gathered.array()).isEqualTo(single.array());
    }

    @Test
    void shouldComeBackEqualWhenWrittenAsJson() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        Normalisation normalisation = Normalisation.of(COLOUR);

        String text = json.writeValueAsString(normalisation);

        assertThat(text).startsWith("{\"scale\":[").contains("\"offset\":[");
        assertThat(json.readValue(text, Normalisation.class))
                .isEqualTo(normalisation)
                .hasSameHashCodeAs(normalisation);
        assertThat(normalisation).isNotEqualTo(Normalisation.of(GREY));
    }

    @Test
    void shouldStayAsItIsWhenItsArraysAreWrittenTo() {
        float[] scale = {1};
        Normalisation normalisation = new Normalisation(scale, new float[] {0});

        scale[0] = 7;
        normalisation.offset()[0] = 7;

        assertThat(normalisation).isEqualTo(new Normalisation(new float[] {1}, new float[] {0}));
    }

    @Test
    void shouldRefuseWhenConstantsCannotWork() {
        assertThatThrownBy(() -> new Normalisation(new float[] {1, 2}, new float[1]))
                .hasMessageContaining("scales=2 offsets=1");
        assertThatThrownBy(() -> new Normalisation(new float[] {0}, new float[1]))
                .hasMessageContaining("scale=0.0");
        assertThatThrownBy(() -> new Normalisation(new float[] {1}, new float[] {Float.NaN}))
                .hasMessageContaining("offset=NaN");
    }

    @Test
    void shouldRefuseImagesWhenTheyHaveOtherChannels() {
        assertThatThrownBy(() -> Normalisation.of(GREY).apply(new byte[4800], 0, 1, COLOUR, FloatBuffer.allocate(4800)))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("normalisation for 1 channels met images of 3");
    }
}
