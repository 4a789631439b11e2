package dev.dropwise.common.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.dropout.KeyedNoise;
import dev.dropwise.common.dropout.NestedLayers;
import dev.dropwise.common.dropout.NoisyLayer;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.DropwiseException.Category;
import dev.dropwise.common.failure.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes a trained network as a Deeplearning4j zip. Stock {@code ModelSerializer.restoreMultiLayerNetwork} opens it without
 * Dropwise on its class path, for Dropwise's dropouts are left out: they do nothing in evaluation, but for standard dropout,
 * whose factor 1 - p is folded into the weights of the next layer, and DropConnect without samples, folded into its own.
 *
 * <p>Kinds that compute something in evaluation for which stock Deeplearning4j has no layer stay in the zip, which then opens
 * with Dropwise only, as {@link ModelImport} does, and says so and why in an entry of its own; {@link #reasons} tells beforehand.
 *
 * <p>Entries: {@code configuration.json}, {@code coefficients.bin}, {@code updaterState.bin} if given, {@code normalizer.bin}
 * (from pixels 0..255, as {@code ModelSerializer.restoreNormalizerFromFile} reads it) and {@code dropwise.json}, the
 * {@link ModelCard}; {@code dropwise-needed.txt} only where stock Deeplearning4j cannot open the zip. Equal arguments give equal bytes.
 */
public final class ModelExport {
    /** The entry that holds the {@link ModelCard}. */
    public static final String CARD_ENTRY = "dropwise.json";

    /** The entry that says for people why stock Deeplearning4j cannot open the zip. */
    public static final String NEEDED_ENTRY = "dropwise-needed.txt";

    private static final String OWN_PACKAGES = "dev.dropwise.";
    private static final double PIXEL_RANGE = 255;

    private ModelExport() {}

    /**
     * Writes the zip and flushes {@code out}, but does not close it.
     *
     * @param configuration as it was before layers were substituted by faster ones, with the iteration and epoch counts to go
     *     on from; not changed
     * @param parameters all of them, in the order of {@code MultiLayerNetwork.params()}
     * @param updaterState as {@code getUpdater().getStateViewArray()}, to go on training with stock Deeplearning4j; it is that
     *     of the weights before folding
     * @throws IOException when {@code out} throws it
     */
    public static void write(
            OutputStream out,
            MultiLayerConfiguration configuration,
            INDArray parameters,
            Optional<INDArray> updaterState,
            ModelCard card)
            throws IOException {
        FoldedDropout folded = FoldedDropout.of(configuration, parameters);
        ZipOutputStream zip = new ZipOutputStream(out);
        entry(
                zip,
                ModelSerializer.CONFIGURATION_JSON,
                stockJson(folded.configuration()).getBytes(StandardCharsets.UTF_8));
        entry(zip, ModelSerializer.COEFFICIENTS_BIN, bytesOf(folded.parameters()));
        if (updaterState.isPresent()) {
            entry(zip, ModelSerializer.UPDATER_BIN, bytesOf(updaterState.get()));
        }
        entry(zip, ModelSerializer.NORMALIZER_BIN, bytesOf(normalizer(card)));
        entry(
                zip,
                CARD_ENTRY,
                new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(card));
        List<String> reasons = reasons(configuration);
        if (!reasons.isEmpty()) {
            entry(zip, NEEDED_ENTRY, needed(reasons).getBytes(StandardCharsets.UTF_8));
        }
        zip.finish();
        out.flush();
    }

    /**
     * Why stock Deeplearning4j cannot open the model of {@code configuration}: a sentence for each layer that evaluates what no
     * stock layer does. Empty when it can.
     */
    public static List<String> reasons(MultiLayerConfiguration configuration) {
        List<String> reasons = new ArrayList<>();
        for (int index = 0; index < configuration.getConfs().size(); index++) {
            for (Layer layer : NestedLayers.of(configuration.getConf(index).getLayer())) {
                if (layer instanceof NoisyLayer noisy && !noisy.evaluation().isEmpty()) {
                    reasons.add(
                            "layer " + index + " (" + layer.getClass().getSimpleName() + "): " + noisy.evaluation());
                }
            }
        }
        return reasons;
    }

    private static String needed(List<String> reasons) {
        return "Stock Deeplearning4j has no layers that compute what this network does, so it cannot open this file:\n"
                + String.join("\n", reasons)
                + "\nUse it by `dropwise evaluate` and `dropwise predict`, or with the jar dropwise-common on the class path.\n";
    }

    /** A copy of {@code configuration} that names no class of Dropwise, but for layers that {@link #reasons} speaks of. */
    static String stockJson(MultiLayerConfiguration configuration) {
        MultiLayerConfiguration stock = configuration.clone();
        for (NeuralNetConfiguration each : stock.getConfs()) {
            if (each.getLayer() instanceof AnyBatchPReLU prelu) {
                each.setLayer(prelu.stock());
            }
            NestedLayers.of(each.getLayer()).forEach(ModelExport::removeNoise);
        }
        String json = stock.toJson();
        Set<String> admitted = stock.getConfs().stream()
                .flatMap(each -> NestedLayers.of(each.getLayer()).stream())
                .filter(NoisyLayer.class::isInstance)
                .map(layer -> layer.getClass().getName())
                .collect(Collectors.toSet());
        for (int foreign = json.indexOf(OWN_PACKAGES);
                foreign >= 0;
                foreign = json.indexOf(OWN_PACKAGES, foreign + 1)) {
            String name = json.substring(foreign, Math.max(foreign, json.indexOf('"', foreign)));
            if (admitted.contains(name)) {
                continue;
            }
            throw new DropwiseException(
                    Category.FATAL,
                    ExitCode.BUG,
                    "export: expected stock Deeplearning4j layers alone, found " + name
                            + "; hand over the configuration from before layers were substituted",
                    null);
        }
        return json;
    }

    private static void removeNoise(Layer layer) {
        if (layer.getIDropout() instanceof KeyedNoise) {
            layer.setIDropout(null);
        }
    }

    private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        // No clock in the file: equal models are equal files.
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    static byte[] bytesOf(INDArray array) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            Nd4j.write(array.reshape(1, array.length()), out);
        }
        return bytes.toByteArray();
    }

    private static byte[] bytesOf(DataNormalization normalizer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        NormalizerSerializer.getDefault().write(normalizer, bytes);
        return bytes.toByteArray();
    }

    /** Deeplearning4j's way to say the same: a range when all channels are alike, else mean and standard deviation. */
    static DataNormalization normalizer(ModelCard card) {
        float[] scale = card.normalisation().scale();
        float[] offset = card.normalisation().offset();
        if (isUniform(card.normalisation())) {
            double top = scale[0] == (float) (1 / PIXEL_RANGE) ? 1 : scale[0] * PIXEL_RANGE;
            return new ImagePreProcessingScaler(offset[0], offset[0] + top);
        }
        int repeats = card.flatInput() ? card.image().channelLength() : 1;
        double[] mean = new double[scale.length * repeats];
        double[] deviation = new double[mean.length];
        for (int i = 0; i < mean.length; i++) {
            deviation[i] = 1.0 / scale[i / repeats];
            mean[i] = -offset[i / repeats] * deviation[i];
        }
        return new NormalizerStandardize(row(mean), row(deviation));
    }

    private static boolean isUniform(Normalisation normalisation) {
        float[] scale = normalisation.scale();
        float[] offset = normalisation.offset();
        float[] firstScale = new float[scale.length];
        float[] firstOffset = new float[offset.length];
        Arrays.fill(firstScale, scale[0]);
        Arrays.fill(firstOffset, offset[0]);
        return Arrays.equals(scale, firstScale) && Arrays.equals(offset, firstOffset);
    }

    private static INDArray row(double[] values) {
        return Nd4j.createFromArray(values)
                .castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT)
                .reshape(1, values.length);
    }
}
