package dev.dropwise.driver.reproduce;

import java.util.List;

/**
 * A kind of dropout as the gallery shows it.
 *
 * @param spec that the picture is drawn with
 * @param training what happens in training, as a formula
 * @param evaluation the same in evaluation
 * @param when to use it, one sentence
 * @param source where it comes from
 * @param zeroProbability that a pixel of the picture is 0; NaN where it is not the same for all
 */
record GalleryEntry(
        String spec, String training, String evaluation, String when, String source, double zeroProbability) {
    private static final double UNEQUAL = Double.NaN;
    private static final String IDENTITY = "y = x";

    /** Every kind, the usual one first. */
    static final List<GalleryEntry> ALL = List.of(
            new GalleryEntry(
                    "inverted:0.5",
                    "y = m x / (1 - p), m = 0 with probability p, else 1",
                    IDENTITY,
                    "The usual one: behind dense layers that overfit.",
                    "Srivastava et al., JMLR 2014",
                    0.5),
            new GalleryEntry(
                    "standard:0.5",
                    "y = m x",
                    "y = (1 - p) x",
                    "To repeat older papers to the letter; the mean over masks is that of inverted dropout, times 1 - p.",
                    "Hinton et al., 2012",
                    0.5),
            new GalleryEntry(
                    "gaussian:0.5",
                    "y = x n, n ~ N(1, p / (1 - p))",
                    IDENTITY,
                    "In place of inverted dropout where no unit should vanish altogether.",
                    "Srivastava et al., JMLR 2014, section 10",
                    UNEQUAL),
            new GalleryEntry(
                    "alpha:0.3",
                    "y = a (m x + (1 - m) s) + b, s = -1.7581",
                    IDENTITY,
                    "With SELU alone, whose mean of 0 and variance of 1 it keeps.",
                    "Klambauer et al., 2017",
                    UNEQUAL),
            new GalleryEntry(
                    "spatial:0.5",
                    "y = m x / (1 - p), one m for each feature map",
                    IDENTITY,
                    "Between convolutions, where neighbouring pixels say the same and single ones are not missed.",
                    "Tompson et al., 2015",
                    UNEQUAL),
            new GalleryEntry(
                    "dropblock:0.25,block=5",
                    "squares of each map are 0, the rest is multiplied by units / units left",
                    IDENTITY,
                    "As spatial dropout, when part of each map should be left.",
                    "Ghiasi et al., 2018",
                    UNEQUAL),
            new GalleryEntry(
                    "maxdrop:0.5",
                    "the maximum of each map is 0 with probability p",
                    IDENTITY,
                    "Against reliance on single strong features.",
                    "Park and Kwak, 2016",
                    UNEQUAL),
            new GalleryEntry(
                    "standout:0.5",
                    "y = m f(z), m = 1 with probability g = sigma(alpha z + beta)",
                    "y = g f(z)",
                    "When units should be kept by how much they have to say.",
                    "Ba and Frey, 2013",
                    UNEQUAL),
            new GalleryEntry(
                    "dropconnect:0.5",
                    "y = a((M * W) v), M = 0 with probability p for each weight and bias",
                    "mean of a(u) over samples of u ~ N((1 - p) W v, p (1 - p) (W * W)(v * v))",
                    "On dense layers that overfit although their units are few.",
                    "Wan et al., 2013",
                    0.5),
            new GalleryEntry(
                    "pooling:0.5",
                    "of the n units of a window the i-th largest with probability (1 - p) p^(i-1), 0 with p^n",
                    "the sum of units weighted so",
                    "In place of max-pooling, behind activations that are not negative.",
                    "Wu and Gu, 2015",
                    UNEQUAL),
            new GalleryEntry(
                    "cutout:10",
                    "one square of each image is 0, clipped at the border",
                    IDENTITY,
                    "On the input of image networks, as augmentation.",
                    "DeVries and Taylor, 2017",
                    UNEQUAL));
}
