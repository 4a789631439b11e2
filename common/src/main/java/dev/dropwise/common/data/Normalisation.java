package dev.dropwise.common.data;

import dev.dropwise.common.config.PixelScale;
import dev.dropwise.common.failure.DropwiseException;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The affine map from stored pixels to what the network sees, per channel: {@code x' = pixel * scale[c] + offset[c]}, with
 * pixels 0..255. It is part of the saved model, so predicting and evaluating cannot disagree with training. Equal by
 * content; serialises to JSON as {@code {"scale": [...], "offset": [...]}}.
 */
@SuppressWarnings("ArrayRecordComponent") // Equality, hash and copies are spelled out below.
public record Normalisation(float[] scale, float[] offset) {
    // Mean and standard deviation of CIFAR-10's training pixels, 0..255, as published with fb.resnet.torch
    // (datasets/cifar10.lua) and used since by Zagoruyko and Komodakis, "Wide Residual Networks", 2016.
    private static final float[] CIFAR_MEAN = {125.3f, 123.0f, 113.9f};
    private static final float[] CIFAR_DEVIATION = {63.0f, 62.1f, 66.7f};
    // Mean of MNIST's training pixels, as PyTorch's examples have it: 0.1307 of 255.
    private static final float MNIST_MEAN = 33.33f;
    private static final int CHUNK = 1024;

    public Normalisation {
        if (scale.length == 0 || scale.length != offset.length) {
            throw new IllegalArgumentException("normalisation needs a scale and an offset per channel: scales="
                    + scale.length + " offsets=" + offset.length);
        }
        for (int c = 0; c < scale.length; c++) {
            if (!Float.isFinite(scale[c]) || scale[c] == 0 || !Float.isFinite(offset[c])) {
                throw new IllegalArgumentException(
                        "normalisation needs a finite scale other than 0 and a finite offset:" + " channel=" + c
                                + " scale=" + scale[c] + " offset=" + offset[c]);
            }
        }
        scale = scale.clone();
        offset = offset.clone();
    }

    /** What {@code pixels} asks for, for images of {@code shape}. */
    public static Normalisation of(ImageShape shape, PixelScale pixels) {
        return switch (pixels) {
            case STANDARD -> of(shape);
            case CENTRED -> centred(shape);
        };
    }

    /** By the published means of CIFAR-10's colours, or of MNIST's grey. */
    private static Normalisation centred(ImageShape shape) {
        float[] scale = new float[shape.channels()];
        float[] offset = new float[shape.channels()];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = 1 / 255f;
            offset[c] = -(scale.length == CIFAR_MEAN.length ? CIFAR_MEAN[c] : MNIST_MEAN) / 255f;
        }
        return new Normalisation(scale, offset);
    }

    /** What suits images of {@code shape}: grey pixels to 0..1, colour ones by CIFAR-10's published mean and deviation. */
    public static Normalisation of(ImageShape shape) {
        if (shape.channels() != 3) {
            float[] scale = new float[shape.channels()];
            Arrays.fill(scale, 1 / 255f);
            return new Normalisation(scale, new float[scale.length]);
        }
        float[] scale = new float[3];
        float[] offset = new float[3];
        for (int c = 0; c < 3; c++) {
            scale[c] = 1 / CIFAR_DEVIATION[c];
            offset[c] = -CIFAR_MEAN[c] / CIFAR_DEVIATION[c];
        }
        return new Normalisation(scale, offset);
    }

    @Override
    public float[] scale() {
        return scale.clone();
    }

    @Override
    public float[] offset() {
        return offset.clone();
    }

    /**
     * Writes {@code count} consecutive examples of {@code pixels}, normalised, at the position of {@code out}, which moves on
     * by {@code count * shape.length()}.
     *
     * @throws DropwiseException (bad data) when the images have another number of channels than the normalisation
     */
    public void apply(byte[] pixels, int fromExample, int count, ImageShape shape, FloatBuffer out) {
        float[] chunk = chunkFor(shape);
        for (int i = fromExample; i < fromExample + count; i++) {
            image(pixels, i, shape, chunk, out);
        }
    }

    /**
     * As {@link #apply(byte[], int, int, ImageShape, FloatBuffer)}, for the examples at {@code order[from]} until
     * {@code order[from + count]}: a mini-batch gathered and normalised in one go.
     */
    public void gather(Examples examples, int[] order, int from, int count, FloatBuffer out) {
        float[] chunk = chunkFor(examples.shape());
        for (int i = from; i < from + count; i++) {
            image(examples.pixels(), order[i], examples.shape(), chunk, out);
        }
    }

    private float[] chunkFor(ImageShape shape) {
        if (shape.channels() != scale.length) {
            throw DropwiseException.badData("normalisation for " + scale.length + " channels met images of "
                    + shape.channels() + " (" + shape + "); use the data set that the model was trained on");
        }
        return new float[Math.min(CHUNK, shape.channelLength())];
    }

    private void image(byte[] pixels, int example, ImageShape shape, float[] chunk, FloatBuffer out) {
        int plane = shape.channelLength();
        int base = example * shape.length();
        for (int c = 0; c < scale.length; c++) {
            for (int done = 0; done < plane; done += chunk.length) {
                int length = Math.min(chunk.length, plane - done);
                affine(pixels, base + c * plane + done, chunk, length, c);
                out.put(chunk, 0, length);
            }
        }
    }

    // Through a small array, so that one loop serves heap and direct buffers alike.
    private void affine(byte[] pixels, int from, float[] to, int length, int channel) {
        float factor = scale[channel];
        float shift = offset[channel];
        for (int i = 0; i < length; i++) {
            to[i] = (pixels[from + i] & 0xFF) * factor + shift;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Normalisation that
                && Arrays.equals(scale, that.scale)
                && Arrays.equals(offset, that.offset);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(scale) + Arrays.hashCode(offset);
    }

    @Override
    public String toString() {
        return "Normalisation[scale=" + Arrays.toString(scale) + ", offset=" + Arrays.toString(offset) + "]";
    }
}
