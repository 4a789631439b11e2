package dev.dropwise.common.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.augment.ImageAugmenter;
import dev.dropwise.common.config.Augmentation;
import dev.dropwise.common.data.Examples;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MiniBatchBuffersTest {
    private static final ImageShape SHAPE = new ImageShape(2, 2, 3);
    private static final int COUNT = 5;
    private static final int CLASSES = 4;

    private final Examples examples = examples();
    private final ExampleBlock block = new ExampleBlock(examples, Normalisation.of(SHAPE));

    @Test
    void shouldLineUpNormalisedPixelsAndOneHotLabelsWhenExamplesAreGatheredInAnyOrder() {
        MiniBatchBuffers buffers = new MiniBatchBuffers(SHAPE, true, CLASSES);

        MiniBatch batch = buffers.gather(block, new int[] {9, 4, 0, 4, 9}, 1, 4);

        assertThat(batch.size()).isEqualTo(3);
        assertThat(batch.features().shape()).containsExactly(3, 12);
        assertThat(batch.features().getRow(0).toFloatVector()).containsExactly(normalised(4));
        assertThat(batch.features().getRow(1).toFloatVector()).containsExactly(normalised(0));
        assertThat(batch.features().getRow(2).toFloatVector()).containsExactly(normalised(4));
        assertThat(batch.labels().toFloatMatrix()).isDeepEqualTo(new float[][] {
            {1, 0, 0, 0}, {1, 0, 0, 0}, {1, 0, 0, 0},
        });
    }

    @Test
    void shouldOverwriteAllLabelsWhenABatchIsUsedAgain() {
        MiniBatchBuffers buffers = new MiniBatchBuffers(SHAPE, true, CLASSES);
        MiniBatch first = buffers.gather(block, 0, 2);

        MiniBatch second = buffers.gather(block, 2, 4);

        assertThat(second).isSameAs(first);
        assertThat(second.labels().toFloatMatrix()).isDeepEqualTo(new float[][] {{0, 0, 1, 0}, {0, 0, 0, 1}});
        assertThat(second.features().getRow(1).toFloatVector()).containsExactly(normalised(3));
    }

    @Test
    void shouldGatherEachImageAsItsOwnNumberIsDistortedWhenThereIsAnAugmenter() {
        Augmentation how = Augmentation.parse("shift:1,rotate:30,flip");
        ImageAugmenter augmenter = new ImageAugmenter(how, SHAPE, Normalisation.of(SHAPE), 7);
        augmenter.moveTo(2, 3);

        MiniBatch batch =
                new MiniBatchBuffers(SHAPE, true, CLASSES).gather(block, new int[] {9, 4, 0, 3}, 1, 4, augmenter);

        FloatBuffer expected = FloatBuffer.allocate(3 * SHAPE.length());
        FloatBuffer all = FloatBuffer.allocate(COUNT * SHAPE.length());
        Normalisation.of(SHAPE).apply(examples.pixels(), 0, COUNT, SHAPE, all);
        augmenter.augment(4, all.flip(), expected, 0);
        augmenter.augment(0, all, expected, SHAPE.length());
        augmenter.augment(3, all, expected, 2 * SHAPE.length());
        assertThat(NativeFloats.copyOf(batch.features()))
                .containsExactly(expected.array())
                .doesNotContain(Float.NaN);
        assertThat(batch.labels().toFloatMatrix()).isDeepEqualTo(new float[][] {
            {1, 0, 0, 0}, {1, 0, 0, 0}, {0, 0, 0, 1},
        });
    }

    @Test
    void shouldKeepChannelsRowsAndColumnsWhenTheNetworkReadsImages() {
        INDArray features =
                new MiniBatchBuffers(SHAPE, false, CLASSES).gather(block, 1, 3).features();

        assertThat(features.shape()).containsExactly(2, 2, 2, 3);
        // Example 2, channel 1, row 0, column 2.
        assertThat(features.getFloat(1, 1, 0, 2)).isEqualTo(normalised(2)[8]);
    }

    @Test
    void shouldSeeAndChangeTheSameMemoryWhenAnArrayIsViewedAsFloats() {
        INDArray array = Nd4j.zeros(DataType.FLOAT, 10);
        INDArray part = array.get(NDArrayIndex.interval(3, 7));

        FloatBuffer view = NativeFloats.of(part);
        view.put(0, 1.5f).put(3, -2.5f);

        assertThat(view.capacity()).isEqualTo(4);
        assertThat(array.toFloatVector()).containsExactly(0, 0, 0, 1.5f, 0, 0, -2.5f, 0, 0, 0);
        assertThat(NativeFloats.copyOf(part)).containsExactly(1.5f, 0, 0, -2.5f);
    }

    @Test
    void shouldOverwriteAllOfAnArrayWhenItIsSet() {
        INDArray array = Nd4j.ones(DataType.FLOAT, 3);

        NativeFloats.set(array, new float[] {1, Float.NaN, -0f});

        assertThat(NativeFloats.copyOf(array)).containsExactly(1, Float.NaN, -0f);
        assertThatThrownBy(() -> NativeFloats.set(array, new float[2]))
                .hasMessageContaining("expected 3 floats, found 2");
    }

    @Test
    void shouldRefuseWhenAnArrayIsNotDenseOrNotFloat() {
        assertThatThrownBy(() -> NativeFloats.of(Nd4j.zeros(DataType.DOUBLE, 3)))
                .hasMessageContaining("expected a dense FLOAT array");
        assertThatThrownBy(
                        () -> NativeFloats.of(Nd4j.zeros(DataType.FLOAT, 4, 4).getColumn(1)))
                .hasMessageContaining("expected a dense FLOAT array");
    }

    private float[] normalised(int example) {
        FloatBuffer floats = FloatBuffer.allocate(SHAPE.length());
        Normalisation.of(SHAPE).apply(examples.pixels(), example, 1, SHAPE, floats);
        return floats.array();
    }

    private static Examples examples() {
        byte[] pixels = new byte[COUNT * SHAPE.length()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 37);
        }
        byte[] labels = {0, 1, 2, 3, 0};
        return new Examples(SHAPE, Arrays.copyOf(pixels, pixels.length), labels);
    }
}
