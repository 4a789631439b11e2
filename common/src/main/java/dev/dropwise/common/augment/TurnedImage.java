package dev.dropwise.common.augment;

import dev.dropwise.common.data.ImageShape;
import java.util.Arrays;

/**
 * Turns images about their centre, between pixels bilinearly. The image lies in a black frame, and places outside of it are taken for
 * the nearest ones in the frame, so that no pixel needs a question whether it is inside. For one thread.
 */
final class TurnedImage {
    // One pixel before the first and two behind the last: a place in the frame has a next pixel, too.
    private static final int BEFORE = 1;
    private static final int FRAME = 3;

    private final ImageShape shape;
    private final int stride;
    private final float[][] framed;
    private final int[] corners;
    private final float[] toRight;
    private final float[] toBottom;

    /**
     * @param black of each channel
     */
    TurnedImage(ImageShape shape, float[] black) {
        this.shape = shape;
        this.stride = shape.width() + FRAME;
        this.framed = new float[shape.channels()][stride * (shape.height() + FRAME)];
        this.corners = new int[shape.width()];
        this.toRight = new float[shape.width()];
        this.toBottom = new float[shape.width()];
        for (int c = 0; c < shape.channels(); c++) {
            Arrays.fill(framed[c], black[c]);
        }
    }

    /** Writes {@code source}, placed as {@code where} says, to {@code target}. */
    void place(float[] source, Placement where, float[] target) {
        int width = shape.width();
        for (int c = 0; c < shape.channels(); c++) {
            for (int y = 0; y < shape.height(); y++) {
                int from = c * shape.channelLength() + y * width;
                System.arraycopy(source, from, framed[c], (y + BEFORE) * stride + BEFORE, width);
            }
        }
        float cosine = (float) StrictMath.cos(where.radians());
        float sine = (float) StrictMath.sin(where.radians());
        for (int y = 0; y < shape.height(); y++) {
            wayBack(y, cosine, sine, where);
            for (int c = 0; c < shape.channels(); c++) {
                interpolate(framed[c], target, c * shape.channelLength() + y * width);
            }
        }
    }

    /** Where the pixels of row {@code y} come from: what is turned by an angle in the result comes from minus that angle in the image. */
    private void wayBack(int y, float cosine, float sine, Placement where) {
        float middleX = (shape.width() - 1) / 2f;
        float middleY = (shape.height() - 1) / 2f;
        float mirror = where.mirrored() ? -1 : 1;
        float v = y - middleY - where.down();
        float startX = mirror * (sine * v - cosine * (middleX + where.right())) + middleX + BEFORE;
        float startY = cosine * v + sine * (middleX + where.right()) + middleY + BEFORE;
        float stepX = mirror * cosine;
        float lastX = shape.width() + BEFORE;
        float lastY = shape.height() + BEFORE;
        for (int x = 0; x < corners.length; x++) {
            float fromX = Math.max(0, Math.min(lastX, startX + stepX * x));
            float fromY = Math.max(0, Math.min(lastY, startY - sine * x));
            int left = (int) fromX;
            int top = (int) fromY;
            corners[x] = top * stride + left;
            toRight[x] = fromX - left;
            toBottom[x] = fromY - top;
        }
    }

    private void interpolate(float[] image, float[] target, int at) {
        for (int x = 0; x < corners.length; x++) {
            int corner = corners[x];
            int below = corner + stride;
            float upper = image[corner] + toRight[x] * (image[corner + 1] - image[corner]);
            float lower = image[below] + toRight[x] * (image[below + 1] - image[below]);
            target[at + x] = upper + toBottom[x] * (lower - upper);
        }
    }
}
