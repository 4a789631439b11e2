package dev.dropwise.common.data;

import dev.dropwise.common.data.digits.DigitPainter;

/** The embedded set: nothing is read, every wanted example is drawn. */
final class DigitsSource implements ImageSource {
    private static final ImageShape SHAPE = new ImageShape(1, DigitPainter.SIDE, DigitPainter.SIDE);
    private static final int TRAIN_SIZE = 12_000;
    private static final int TEST_SIZE = 2_000;
    private static final int[] SAMPLE = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    @Override
    public String name() {
        return DataSets.DIGITS;
    }

    @Override
    public ImageShape shape() {
        return SHAPE;
    }

    @Override
    public int classes() {
        return DigitPainter.CLASSES;
    }

    @Override
    public int size(Split split) {
        return split == Split.TRAIN ? TRAIN_SIZE : TEST_SIZE;
    }

    @Override
    public Examples read(Split split, int[] sortedIndices) {
        Wanted wanted = Wanted.of(sortedIndices, size(split));
        byte[] pixels = new byte[wanted.bytes(SHAPE.length())];
        byte[] labels = new byte[wanted.count()];
        DigitPainter painter = new DigitPainter(split == Split.TRAIN ? 0 : 1);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = painter.label(sortedIndices[i]);
            painter.draw(sortedIndices[i], pixels, i * SHAPE.length());
        }
        return new Examples(SHAPE, pixels, labels);
    }

    /** Of the first ten examples of both splits, so that a change of the drawing changes it. */
    @Override
    public String fingerprint() {
        byte[] train = read(Split.TRAIN, SAMPLE).pixels();
        byte[] test = read(Split.TEST, SAMPLE).pixels();
        byte[] sample = new byte[train.length + test.length];
        System.arraycopy(train, 0, sample, 0, train.length);
        System.arraycopy(test, 0, sample, train.length, test.length);
        return Fingerprint.of("digits", SHAPE, sample);
    }
}
