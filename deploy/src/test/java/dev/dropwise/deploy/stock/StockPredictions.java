package dev.dropwise.deploy.stock;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Restores a model zip with stock Deeplearning4j and writes what it predicts of the images in an IDX file, a line of
 * probabilities an image. Runs in a JVM of its own that has this class and Deeplearning4j on its class path.
 */
public final class StockPredictions {
    private StockPredictions() {}

    /** Arguments: model.zip, IDX file of images, output. */
    public static void main(String[] arguments) throws IOException {
        refuseDropwise();
        MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(new File(arguments[0]), true);
        DataNormalization normalisation = ModelSerializer.restoreNormalizerFromFile(new File(arguments[0]));
        INDArray images = flatImages(Path.of(arguments[1]));
        normalisation.transform(images);
        float[][] probabilities = network.output(images).toFloatMatrix();
        StringBuilder lines = new StringBuilder();
        for (float[] row : probabilities) {
            for (float each : row) {
                lines.append(String.format(Locale.ROOT, "%.9e ", each));
            }
            lines.append('\n');
        }
        Files.writeString(Path.of(arguments[2]), lines);
    }

    private static void refuseDropwise() {
        try {
            Class.forName("dev.dropwise.common.failure.DropwiseException");
        } catch (ClassNotFoundException e) {
            System.out.println("without Dropwise");
            return;
        }
        throw new IllegalStateException("Dropwise is on the class path");
    }

    private static INDArray flatImages(Path idx) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(idx))) {
            in.readInt();
            int count = in.readInt();
            int length = in.readInt() * in.readInt();
            byte[] pixels = in.readNBytes(count * length);
            float[][] rows = new float[count][length];
            for (int i = 0; i < pixels.length; i++) {
                rows[i / length][i % length] = pixels[i] & 0xFF;
            }
            return Nd4j.createFromArray(rows);
        }
    }
}
