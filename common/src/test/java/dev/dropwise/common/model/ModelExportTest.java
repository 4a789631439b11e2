package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.common.failure.ExitCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ModelExportTest {
    private static final ImageShape COLOUR = new ImageShape(3, 12, 12);
    private static final int CLASSES = 4;

    /** Needs nothing but Deeplearning4j: prints what a restored model predicts from raw pixels. */
    private static final String STOCK_PROGRAM = """
            import java.io.File;
            import java.nio.ByteBuffer;
            import java.nio.file.*;
            import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
            import org.deeplearning4j.util.ModelSerializer;
            import org.nd4j.linalg.api.ndarray.INDArray;
            import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
            import org.nd4j.linalg.factory.Nd4j;

            public class StockRestore {
                public static void main(String[] args) throws Exception {
                    try {
                        Class.forName("dev.dropwise.common.dropout.InvertedDropout");
                        throw new IllegalStateException("Dropwise is on the class path");
                    } catch (ClassNotFoundException expected) {
                        System.out.println("stock");
                    }
                    MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(new File(args[0]), true);
                    DataNormalization normalizer = ModelSerializer.restoreNormalizerFromFile(new File(args[0]));
                    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(args[1])));
                    float[] pixels = new float[bytes.remaining() / 4];
                    bytes.asFloatBuffer().get(pixels);
                    long[] shape = java.util.Arrays.stream(args[2].split(",")).mapToLong(Long::parseLong).toArray();
                    INDArray input = Nd4j.createFromArray(pixels).reshape(shape);
                    normalizer.transform(input);
                    float[] output = network.output(input).dup('c').data().asFloat();
                    ByteBuffer result = ByteBuffer.allocate(4 * output.length);
                    result.asFloatBuffer().put(output);
                    Files.write(Path.of(args[3]), result.array());
                }
            }
            """;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @Timeout(120)
    @CsvSource(
            delimiter = '|',
            value = {"mlp:20+bn | PRELU | true", "lenet | RELU | false"})
    void shouldPredictTheSameWhenStockDeeplearning4jRestoresItWithoutDropwise(
            String name, Activation activation, boolean uniform) throws Exception {
        Model model = model(name, activation);
        MultiLayerNetwork network = trained(model);
        ModelCard card = card(name, model.flatInput(), uniform);
        Path zip = directory.resolve("model.zip");
        Files.write(zip, export(network, Optional.of(network.getUpdater().getStateViewArray()), card));
        float[] pixels = pixels(3);

        float[] theirs = runStock(zip, pixels, model.inputShape(3, COLOUR));

        INDArray input = normalised(pixels, card, model);
        float[] ours = network.output(input).dup('c').data().asFloat();
        assertThat(theirs).hasSize(3 * CLASSES);
        for (int i = 0; i < ours.length; i++) {
            assertThat(theirs[i]).isCloseTo(ours[i], org.assertj.core.api.Assertions.within(1e-6f));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mlp:20,10 | standard:0.5 | standard:0.2",
                "mlp:20+bn | standard:0.5 | standard:0.2",
                "lenet | standard:0.5 | standard:0.2",
                "lenet5 | standard:0.5 | none",
                "cifar-cnn | standard:0.25 | none",
                "mlp:20 | gaussian:0.5 | gaussian:0.2",
                "mlp:20 | alpha:0.1 | alpha:0.1",
                "lenet | spatial:0.3 | cutout:4",
                "cifar-cnn | dropblock:0.1,block=3 | none",
                "lenet | maxdrop:0.3 | none",
                "mlp:20,10 | dropconnect:0.3,eval=mean | standard:0.2",
                "lenet | dropconnect:0.3,eval=mean,mask=batch | none",
            })
    void shouldPredictTheSameWhenAKindIsExported(String name, String dropout, String inputDropout) throws IOException {
        var config = new ModelConfig(
                name,
                Activation.SELU,
                DropoutSpec.parse(dropout),
                DropoutSpec.parse(inputDropout),
                Regularisation.NONE);
        Model model = ModelZoo.model(config, new UpdaterConfig(UpdaterConfig.Kind.SGD, 1e-2, 0), COLOUR, CLASSES, 3);
        MultiLayerNetwork network = trained(model);
        INDArray before = network.params().dup();
        byte[] zip = export(network, Optional.empty(), card(name, model.flatInput(), true));
        INDArray input = Nd4j.rand(model.inputShape(5, COLOUR));

        SavedModel saved = ModelImport.read("model.zip", new ByteArrayInputStream(zip));

        assertThat(saved.network().output(input).equalsWithEps(network.output(input), 1e-6))
                .isTrue();
        assertThat(network.params()).isEqualTo(before);
        assertThat(entries(zip)).doesNotContainKey(ModelExport.NEEDED_ENTRY);
        assertThat(new String(entries(zip).get(ModelSerializer.CONFIGURATION_JSON), StandardCharsets.UTF_8))
                .doesNotContain("dropwise");
    }

    @Test
    void shouldReadBackTheSameNetworkAndCardWhenImported() throws IOException {
        Model model = model("cifar-cnn", Activation.PRELU);
        MultiLayerNetwork network = trained(model);
        ModelCard card = card("cifar-cnn", false, false);

        SavedModel saved =
                ModelImport.read("model.zip", new ByteArrayInputStream(export(network, Optional.empty(), card)));

        assertThat(saved.card()).isEqualTo(card);
        INDArray input = Nd4j.rand(model.inputShape(5, COLOUR));
        assertThat(saved.network().output(input)).isEqualTo(network.output(input));
        assertThat(saved.network().params().reshape(1, network.numParams()))
                .isEqualTo(network.params().reshape(1, network.numParams()));
    }

    @Test
    void shouldGoOnTrainingWithTheSameUpdaterStateWhenRestoredByStockCode() throws IOException {
        MultiLayerNetwork network = trained(model("mlp:8", Activation.RELU));
        INDArray state = network.getUpdater().getStateViewArray();

        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(
                new ByteArrayInputStream(export(network, Optional.of(state), card("mlp:8", true, true))), true);

        assertThat(state.norm2Number().doubleValue()).isPositive();
        assertThat(restored.getUpdater().getStateViewArray()).isEqualTo(state);
    }

    @Test
    void shouldWriteTheSameBytesWhenAskedTwiceAndLeaveTheNetworkAlone() throws IOException {
        MultiLayerNetwork network = trained(model("mlp:8", Activation.RELU));
        String before = network.getLayerWiseConfigurations().toJson();
        ModelCard card = card("mlp:8", true, true);

        byte[] first = export(network, Optional.empty(), card);

        assertThat(export(network, Optional.empty(), card)).isEqualTo(first);
        assertThat(network.getLayerWiseConfigurations().toJson())
                .isEqualTo(before)
                .contains("InvertedDropout");
        assertThat(new String(entries(first).get("configuration.json"), StandardCharsets.UTF_8))
                .doesNotContain("dropwise");
    }

    @Test
    void shouldNameTheMissingEntryWhenTheZipIsNotOurs() throws IOException {
        Map<String, byte[]> entries = entries(smallExport());
        for (String entry : new String[] {"dropwise.json", "configuration.json", "coefficients.bin"}) {
            Map<String, byte[]> without = new LinkedHashMap<>(entries);
            without.remove(entry);
            assertRefused(zip(without), "m.zip", "expected the entry " + entry, "dropwise train");
        }
        assertRefused(new byte[100], "m.zip", "expected the entry dropwise.json", "found none");
    }

    @Test
    void shouldNameTheEntryWhenItsContentIsDamaged() throws IOException {
        Map<String, byte[]> entries = entries(smallExport());
        byte[] coefficients = Objects.requireNonNull(entries.get("coefficients.bin"));
        byte[] nan = coefficients.clone();
        ByteBuffer.wrap(nan).putFloat(nan.length - 4, Float.NaN);
        byte[] otherCount = coefficients.clone();
        otherCount[10] ^= 0x40;

        assertRefused(
                zip(with(entries, "coefficients.bin", Arrays.copyOf(coefficients, coefficients.length - 4))),
                "coefficients.bin",
                "expected 3500 parameters");
        assertRefused(zip(with(entries, "coefficients.bin", otherCount)), "coefficients.bin", "under another header");
        assertRefused(zip(with(entries, "coefficients.bin", nan)), "coefficients.bin", "finite", "NaN");
        assertRefused(zip(with(entries, "dropwise.json", bytes("{}"))), "dropwise.json", "description of a model");
        assertRefused(zip(with(entries, "dropwise.json", bytes("[1"))), "dropwise.json", "description of a model");
        assertRefused(
                zip(with(entries, "configuration.json", bytes("{\"confs\": 3}"))),
                "configuration.json",
                "MultiLayerConfiguration");
    }

    @Test
    void shouldRefuseTheModelWhenItsConfigurationNamesAnotherClass() throws IOException {
        Map<String, byte[]> entries = entries(smallExport());
        String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
        String layer = "org.deeplearning4j.nn.conf.layers.DenseLayer";
        assertThat(json).contains(layer);

        assertRefused(
                zip(with(entries, "configuration.json", bytes(json.replace(layer, "java.util.HashMap")))),
                "m.zip",
                "configuration.json",
                "found the class java.util.HashMap");
    }

    @Test
    void shouldSayThatTheFileIsDamagedWhenItIsCutShort() throws IOException {
        byte[] whole = smallExport();

        assertRefused(Arrays.copyOf(whole, whole.length / 2), "m.zip", "damaged");
    }

    @Test
    void shouldRefuseToExportWhenALayerIsNotStock() {
        MultiLayerNetwork network = trained(model("mlp:8", Activation.RELU));
        AnyBatchPReLU own = AnyBatchPReLU.perUnit(8);
        var wrapped = new org.deeplearning4j.nn.conf.layers.misc.FrozenLayer(own);
        var configuration = network.getLayerWiseConfigurations().clone();
        configuration.getConf(0).setLayer(wrapped);

        assertThatThrownBy(() -> ModelExport.stockJson(configuration))
                .isInstanceOf(DropwiseException.class)
                .hasMessageContaining("dev.dropwise.common.model.AnyBatchPReLU");
    }

    private static Model model(String name, Activation activation) {
        var config = new ModelConfig(
                name,
                activation,
                DropoutSpec.parse("0.5"),
                DropoutSpec.parse("0.2"),
                new Regularisation(1e-5, 1e-4, 3));
        return ModelZoo.model(config, new UpdaterConfig(UpdaterConfig.Kind.ADAM, 1e-2, 0), COLOUR, CLASSES, 3);
    }

    /** A few steps, so that batch norm's statistics and the updater's state are not what they start with. */
    private static MultiLayerNetwork trained(Model model) {
        MultiLayerNetwork network = new MultiLayerNetwork(model.configuration());
        network.init();
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 128, CLASSES);
        for (int i = 0; i < 128; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        for (int step = 0; step < 3; step++) {
            network.fit(Nd4j.rand(model.inputShape(128, COLOUR)), labels);
        }
        return network;
    }

    private static ModelCard card(String name, boolean flat, boolean uniform) {
        Normalisation normalisation = uniform
                ? new Normalisation(new float[] {0.01f, 0.01f, 0.01f}, new float[] {-1, -1, -1})
                : new Normalisation(new float[] {1 / 63f, 1 / 62.1f, 1 / 66.7f}, new float[] {-2, -1.98f, -1.7f});
        return new ModelCard("digits", name, COLOUR, CLASSES, flat, normalisation);
    }

    private static byte[] export(MultiLayerNetwork network, Optional<INDArray> state, ModelCard card)
            throws IOException {
        var out = new ByteArrayOutputStream();
        ModelExport.write(out, network.getLayerWiseConfigurations(), network.params(), state, card);
        return out.toByteArray();
    }

    private static byte[] smallExport() throws IOException {
        // 432*8 + 8 weights and biases, then 8*4 + 4.
        return export(trained(model("mlp:8", Activation.RELU)), Optional.empty(), card("mlp:8", true, true));
    }

    private static float[] pixels(int count) {
        Random random = new Random(9);
        float[] pixels = new float[count * COLOUR.length()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextInt(256);
        }
        return pixels;
    }

    private static INDArray normalised(float[] pixels, ModelCard card, Model model) {
        float[] values = new float[pixels.length];
        for (int i = 0; i < values.length; i++) {
            int channel = i / COLOUR.channelLength() % COLOUR.channels();
            values[i] = pixels[i] * card.normalisation().scale()[channel]
                    + card.normalisation().offset()[channel];
        }
        return Nd4j.createFromArray(values).reshape(model.inputShape(pixels.length / COLOUR.length(), COLOUR));
    }

    private float[] runStock(Path zip, float[] pixels, long[] shape) throws Exception {
        Path program = Files.writeString(directory.resolve("StockRestore.java"), STOCK_PROGRAM);
        ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
        bytes.asFloatBuffer().put(pixels);
        Path input = Files.write(directory.resolve("pixels"), bytes.array());
        Path output = directory.resolve("predictions");
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPathWithoutDropwise(),
                        program.toString(),
                        zip.toString(),
                        input.toString(),
                        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(",")),
                        output.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        assertThat(log).content().contains("stock");
        float[] predictions = new float[(int) (Files.size(output) / 4)];
        ByteBuffer.wrap(Files.readAllBytes(output)).asFloatBuffer().get(predictions);
        return predictions;
    }

    private static String classPathWithoutDropwise() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar") && !entry.contains("dropwise"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static void assertRefused(byte[] zip, String... parts) {
        assertThatThrownBy(() -> ModelImport.read("m.zip", new ByteArrayInputStream(zip)))
                .isInstanceOfSatisfying(
                        DropwiseException.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_DATA))
                .hasMessageContainingAll(parts);
    }

    private static Map<String, byte[]> entries(byte[] zip) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    private static byte[] zip(Map<String, byte[]> entries) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(out)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return out.toByteArray();
    }

    private static Map<String, byte[]> with(Map<String, byte[]> entries, String name, byte[] bytes) {
        Map<String, byte[]> changed = new LinkedHashMap<>(entries);
        changed.put(name, bytes);
        return changed;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
