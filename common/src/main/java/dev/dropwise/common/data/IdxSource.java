package dev.dropwise.common.data;

import java.util.List;

/** Images and labels in four IDX files, as MNIST is published. */
final class IdxSource implements ImageSource {
    static final List<String> NAMES = List.of(
            "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
    private static final int CLASSES = 10;

    private final String name;
    private final ImageShape shape;
    private final Part train;
    private final Part test;

    private record Part(IdxFile images, IdxFile labels) {
        static Part open(DataFile imageFile, DataFile labelFile) {
            IdxFile images = IdxFile.open(imageFile, 3);
            IdxFile labels = IdxFile.open(labelFile, 1);
            if (images.count() != labels.count()) {
                throw labelFile.broken(
                        images.count() + " labels, one for each image of "
                                + imageFile.path().getName(),
                        labels.count() + " labels");
            }
            return new Part(images, labels);
        }

        ImageShape shape() {
            return new ImageShape(1, images.size(1), images.size(2));
        }
    }

    private IdxSource(String name, ImageShape shape, Part train, Part test) {
        this.name = name;
        this.shape = shape;
        this.train = train;
        this.test = test;
    }

    /** Opens the four files of {@code directory} and checks headers, counts and, where it is cheap, lengths. */
    static IdxSource open(String name, DataDirectory directory) {
        List<DataFile> files = directory.files(NAMES);
        Part train = Part.open(files.get(0), files.get(1));
        Part test = Part.open(files.get(2), files.get(3));
        if (!train.shape().equals(test.shape())) {
            throw test.images().file().broken("the shape of the training images, " + train.shape(), test.shape() + "");
        }
        return new IdxSource(name, train.shape(), train, test);
    }

    /** Fails unless the images have {@code expected}'s shape. */
    IdxSource withShape(ImageShape expected) {
        if (!shape.equals(expected)) {
            throw train.images().file().broken("images of " + expected + " in " + name, shape.toString());
        }
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public int classes() {
        return CLASSES;
    }

    @Override
    public int size(Split split) {
        return part(split).images().count();
    }

    @Override
    public Examples read(Split split, int[] sortedIndices) {
        Part part = part(split);
        Wanted wanted = Wanted.of(sortedIndices, part.images().count());
        byte[] labels = part.labels().read(wanted);
        for (int i = 0; i < labels.length; i++) {
            part.labels().file().checkLabel(labels[i] & 0xFF, CLASSES, sortedIndices[i]);
        }
        return new Examples(shape, part.images().read(wanted), labels);
    }

    @Override
    public String fingerprint() {
        List<IdxFile> files = List.of(train.images(), train.labels(), test.images(), test.labels());
        return Fingerprint.of(
                "idx",
                shape,
                files.stream().map(IdxFile::file).toList(),
                files.stream().mapToLong(IdxFile::lengthBytes).toArray());
    }

    private Part part(Split split) {
        return split == Split.TRAIN ? train : test;
    }
}
