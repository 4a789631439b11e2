package dev.dropwise.common.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.common.config.Activation;
import dev.dropwise.common.config.DropoutSpec;
import dev.dropwise.common.config.ModelConfig;
import dev.dropwise.common.config.Regularisation;
import dev.dropwise.common.config.UpdaterConfig;
import dev.dropwise.common.data.ImageShape;
import dev.dropwise.common.data.Normalisation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Zips of networks that only Dropwise can evaluate. */
class DropwiseZipTest {
    private static final ImageShape COLOUR = new ImageShape(3, 12, 12);
    private static final int CLASSES = 4;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mlp:20,10 | standout:0.5,alpha=2 | standard:0.2 | layer 1 (StandoutLayer): standout evaluates y = g f",
                "mlp:20,10 | dropconnect:0.5,samples=7 | none | layer 1 (DropConnectLayer): dropconnect evaluates the mean",
                "lenet | pooling:0.3 | none | layer 1 (PoolingDropoutLayer): pooling dropout evaluates the sum",
            })
    void shouldPredictTheSameBitsAndSayWhyStockCannotWhenAKindNeedsDropwise(
            String name, String dropout, String inputDropout, String reason) throws IOException {
        var config = new ModelConfig(
                name,
                Activation.RELU,
                DropoutSpec.parse(dropout),
                DropoutSpec.parse(inputDropout),
                Regularisation.NONE);
        Model model = ModelZoo.model(config, new UpdaterConfig(UpdaterConfig.Kind.SGD, 1e-2, 0), COLOUR, CLASSES, 3);
        MultiLayerNetwork network = trained(model);
        ModelCard card = card(name, model.flatInput());
        byte[] zip = export(network, Optional.empty(), card);
        INDArray input = Nd4j.rand(model.inputShape(5, COLOUR));

        SavedModel saved = ModelImport.read("model.zip", new ByteArrayInputStream(zip));

        assertThat(saved.network().output(input).equalsWithEps(network.output(input), 1e-6))
                .isTrue();
        assertThat(saved.network().output(input)).isEqualTo(saved.network().output(input));
        assertThat(export(network, Optional.empty(), card)).isEqualTo(zip);
        assertThat(ModelExport.reasons(network.getLayerWiseConfigurations()))
                .anySatisfy(each -> assertThat(each).contains(reason.substring(reason.indexOf('('))));
        assertThat(new String(entries(zip).get(ModelExport.NEEDED_ENTRY), StandardCharsets.UTF_8))
                .contains("cannot open this file", reason.substring(reason.indexOf('(')), "dropwise evaluate");
        assertThat(config.warnings())
                .singleElement()
                .asString()
                .contains("with Dropwise only", dropout.substring(0, 7));
    }

    private static MultiLayerNetwork trained(Model model) {
        MultiLayerNetwork network = new MultiLayerNetwork(model.configuration());
        network.init();
        INDArray labels = Nd4j.zeros(DataType.FLOAT, 16, CLASSES);
        for (int i = 0; i < 16; i++) {
            labels.putScalar(i, i % CLASSES, 1);
        }
        for (int step = 0; step < 3; step++) {
            network.fit(Nd4j.rand(model.inputShape(16, COLOUR)), labels);
        }
        return network;
    }

    private static ModelCard card(String name, boolean flat) {
        Normalisation normalisation = new Normalisation(new float[] {0.01f, 0.01f, 0.01f}, new float[] {-1, -1, -1});
        return new ModelCard("digits", name, COLOUR, CLASSES, flat, normalisation);
    }

    private static byte[] export(MultiLayerNetwork network, Optional<INDArray> state, ModelCard card)
            throws IOException {
        var out = new ByteArrayOutputStream();
        ModelExport.write(out, network.getLayerWiseConfigurations(), network.params(), state, card);
        return out.toByteArray();
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
}
