package dev.dropwise.common.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dropwise.common.failure.DropwiseException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reads what {@link ModelExport} wrote and trusts nothing: entries, lengths, counts and numbers are checked before use. */
public final class ModelImport {
    private static final List<String> NEEDED =
            List.of(ModelSerializer.CONFIGURATION_JSON, ModelSerializer.COEFFICIENTS_BIN, ModelExport.CARD_ENTRY);
    private static final int LARGEST_TEXT = 1 << 24;
    private static final int LARGEST_BINARY = 1 << 30;

    private ModelImport() {}

    /**
     * Reads a model zip to its end, without closing {@code in}.
     *
     * @param name of the file, for messages
     * @throws DropwiseException (bad data) that names the file, the entry, what was expected and found
     * @throws IOException when {@code in} throws it
     */
    public static SavedModel read(String name, InputStream in) throws IOException {
        Map<String, byte[]> entries = entries(name, in);
        ModelCard card = card(name, needed(name, entries, ModelExport.CARD_ENTRY));
        MultiLayerConfiguration configuration =
                configuration(name, needed(name, entries, ModelSerializer.CONFIGURATION_JSON));
        INDArray parameters = parameters(name, configuration, needed(name, entries, ModelSerializer.COEFFICIENTS_BIN));
        return new SavedModel(configuration, parameters, card);
    }

    private static byte[] needed(String name, Map<String, byte[]> entries, String entry) {
        byte[] bytes = entries.get(entry);
        if (bytes == null) {
            throw DropwiseException.badData(name + ": expected the entry " + entry + ", found "
                    + (entries.isEmpty() ? "none of " + NEEDED : entries.keySet())
                    + "; give a model.zip that `dropwise train` has written");
        }
        return bytes;
    }

    private static Map<String, byte[]> entries(String name, InputStream in) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        ZipInputStream zip = new ZipInputStream(in);
        try {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!NEEDED.contains(entry.getName())) {
                    continue;
                }
                int limit = entry.getName().endsWith(".json") ? LARGEST_TEXT : LARGEST_BINARY;
                byte[] bytes = zip.readNBytes(limit);
                if (zip.read() >= 0) {
                    throw DropwiseException.badData(
                            name + ": entry " + entry.getName() + ": expected at most " + limit + " bytes, found more");
                }
                if (entries.put(entry.getName(), bytes) != null) {
                    throw DropwiseException.badData(
                            name + ": expected one entry " + entry.getName() + ", found two of that name");
                }
            }
        } catch (ZipException | java.io.EOFException e) {
            throw DropwiseException.badData(
                    name + ": expected a whole zip file, found a damaged one: " + e.getMessage() + "; copy it again");
        }
        return entries;
    }

    private static ModelCard card(String name, byte[] json) {
        try {
            return JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readValue(json, ModelCard.class);
        } catch (JacksonException e) {
            throw DropwiseException.badData(name + ": entry " + ModelExport.CARD_ENTRY
                    + ": expected the description of a model, found " + e.getOriginalMessage());
        } catch (IOException e) {
            throw DropwiseException.badData(name + ": entry " + ModelExport.CARD_ENTRY + ": " + e.getMessage());
        }
    }

    private static MultiLayerConfiguration configuration(String name, byte[] json) {
        return ConfigurationJson.read(
                new String(json, StandardCharsets.UTF_8),
                found -> DropwiseException.badData(name + ": entry " + ModelSerializer.CONFIGURATION_JSON
                        + ": expected a Deeplearning4j MultiLayerConfiguration, found " + found));
    }

    /** Compares everything before the numbers with what a right file says, so that no length in it is ever believed. */
    private static INDArray parameters(String name, MultiLayerConfiguration configuration, byte[] bytes)
            throws IOException {
        DataType type = configuration.getDataType();
        long count = configuration.getConfs().stream()
                .mapToLong(each -> each.getLayer().initializer().numParams(each))
                .sum();
        boolean possible = count > 0 && count <= bytes.length / type.width();
        byte[] likeness = possible ? ModelExport.bytesOf(Nd4j.zeros(type, 1, count)) : new byte[0];
        int header = possible ? likeness.length - Math.toIntExact(count * type.width()) : 0;
        if (bytes.length != likeness.length || !Arrays.equals(bytes, 0, header, likeness, 0, header)) {
            throw DropwiseException.badData(name + ": entry " + ModelSerializer.COEFFICIENTS_BIN + ": expected " + count
                    + " parameters of type " + type + " under a header that says so, found " + bytes.length + " bytes"
                    + (bytes.length == likeness.length ? " under another header" : "")
                    + "; the file is damaged or of another version");
        }
        INDArray parameters = Nd4j.read(new ByteArrayInputStream(bytes));
        double sum = parameters.sumNumber().doubleValue();
        if (!Double.isFinite(sum)) {
            throw DropwiseException.badData(name + ": entry " + ModelSerializer.COEFFICIENTS_BIN
                    + ": expected finite parameters, found NaN or infinity; training diverged or the file is damaged");
        }
        return parameters;
    }
}
