package dev.dropwise.driver.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.DropoutSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class GalleryTest {
    @Test
    void shouldShowEveryKindThatASpecCanName() {
        assertThat(GalleryEntry.ALL)
                .extracting(entry -> DropoutSpec.parse(entry.spec()).kind())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(DropoutSpec.Kind.values())
                        .filter(kind -> kind != DropoutSpec.Kind.NONE)
                        .toList());
    }

    @Test
    void shouldPaintWhatWasDroppedInOrangeAndTheRestInGrey() throws IOException {
        float[] before = {1, 1, 0, 4, 1, 1, 1, 1};
        float[] after = {0, 2, 0, 4, 0, 0, 0, 0};

        var image = ImageIO.read(new ByteArrayInputStream(
                Base64.getDecoder().decode(new MaskImage(2).of(before, after).replace("data:image/png;base64,", ""))));

        assertThat(image.getWidth()).isEqualTo(2 + 2 + 2);
        assertThat(image.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0xD1731D);
        assertThat(image.getRGB(1, 0) & 0xFFFFFF).isEqualTo(0x808080);
        // 0 before it, and so not dropped.
        assertThat(image.getRGB(0, 1) & 0xFFFFFF).isZero();
        assertThat(image.getRGB(1, 1) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        assertThat(image.getRGB(4, 1) & 0xFFFFFF).isEqualTo(0xD1731D);
    }

    @Test
    void shouldEscapeWhatAFormulaHolds() {
        GalleryPage page = new GalleryPage("data:,");
        page.add(new GalleryEntry("x:0.5", "a < b", "y = x", "Never.", "nobody", 0.5), "data:,");

        assertThat(page.html()).contains("<code>a &lt; b</code>").endsWith("</body>\n</html>\n");
    }
}
