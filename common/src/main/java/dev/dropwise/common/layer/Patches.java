package dev.dropwise.common.layer;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Lays the patches of an example under a convolution's window out as matrices: a row per element of the patch and then a
 * row of ones; a column per position. With pooling there is a matrix for each place in the pooling window (a phase), so
 * that pooling is the largest of a few long vectors; positions that no pooling window covers are left out.
 */
final class Patches {
    private float[] example = new float[0];
    /** The padded example, taken apart into one plane per channel and phase so that rows of positions are contiguous. */
    private float[] planes = new float[0];

    private float[] row = new float[0];

    /**
     * Writes the matrices of example {@code n} of {@code examples} at the position of {@code matrices}.
     *
     * @param window height and width of the pooling window, 1 for none
     */
    void collect(FloatBuffer examples, int n, ConvolutionShape shape, int window, FloatBuffer matrices) {
        Planes size = Planes.of(shape, window);
        int pooled = shape.output()[0] / window * (shape.output()[1] / window);
        if (example.length != shape.exampleLength() || planes.length != size.length() || row.length != pooled) {
            example = new float[shape.exampleLength()];
            planes = new float[size.length()];
            row = new float[pooled];
        }
        examples.get(n * example.length, example);
        split(shape, size);
        for (int phase = 0; phase < window * window; phase++) {
            for (int element = 0; element < shape.patchLength(); element++) {
                gather(element, phase, shape, size);
                matrices.put(row);
            }
            Arrays.fill(row, 1f);
            matrices.put(row);
        }
    }

    /** Padding stays zero from the array's creation on. */
    private void split(ConvolutionShape shape, Planes size) {
        int window = size.window;
        int top = shape.padding()[0];
        int left = shape.padding()[1];
        int height = Math.min(shape.height(), size.height * window - top);
        int width = Math.min(shape.width(), size.width * window - left);
        for (int channel = 0; channel < shape.channels(); channel++) {
            for (int y = 0; y < height; y++) {
                int from = (channel * shape.height() + y) * shape.width();
                for (int phase = 0; phase < window; phase++) {
                    int to = size.rowOf(channel, y + top, phase);
                    // The first column of the picture that falls into this phase, and where it goes.
                    int x = Math.floorMod(phase - left, window);
                    to += (x + left) / window;
                    for (; x < width; x += window) {
                        planes[to++] = example[from + x];
                    }
                }
            }
        }
    }

    private void gather(int element, int phase, ConvolutionShape shape, Planes size) {
        int kernelWidth = shape.kernel()[1];
        int kernelArea = shape.kernel()[0] * kernelWidth;
        int window = size.window;
        int dx = element % kernelWidth + phase % window;
        int dy = element % kernelArea / kernelWidth + phase / window;
        int from = size.rowOf(element / kernelArea, dy, dx % window) + dx / window;
        int width = shape.output()[1] / window;
        for (int at = 0; at < row.length; at += width) {
            System.arraycopy(planes, from, row, at, width);
            from += size.width;
        }
    }

    /** Sizes of the planes: for every channel {@code window} times {@code window} planes. */
    private record Planes(int channels, int height, int width, int window) {
        static Planes of(ConvolutionShape shape, int window) {
            int height = shape.output()[0] + shape.kernel()[0] - 1;
            int width = shape.output()[1] + shape.kernel()[1] - 1;
            return new Planes(shape.channels(), (height + window - 1) / window, (width + window - 1) / window, window);
        }

        int length() {
            return channels * window * window * height * width;
        }

        /** Start of the row that holds columns of phase {@code phase} of row {@code y} of the padded picture. */
        int rowOf(int channel, int y, int phase) {
            int plane = (channel * window + y % window) * window + phase;
            return (plane * height + y / window) * width;
        }
    }
}
