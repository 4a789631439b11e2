package dev.dropwise.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dropwise.deploy.process.Checkout;
import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import dev.dropwise.deploy.run.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run directory on an object store in memory that neither renames nor appends, and whose listings show nothing that is new. */
@Timeout(300)
final class ObjectStoreIT {
    private static final String STORE = "dev.dropwise.common.storage.ObjectStore";

    @TempDir
    private Path directory;

    @Test
    void shouldTrainToTheSameEndWhenTheStoreNeitherRenamesNorAppendsNorListsWhatIsNew() throws IOException {
        RunFiles local = new RunFiles(directory.resolve("run"));
        train(local.directory().toString()).orFail();

        Outcome stored = train("store://bucket/run").orFail();

        assertThat(stored.out())
                .contains("store://bucket/run/model.zip")
                .containsPattern("Test accuracy +\\d")
                .contains(scores(local));
        assertThat(stored.err()).doesNotContain("passed over");
    }

    /** As the result table shows them. */
    private static String scores(RunFiles run) {
        double loss = run.document().at("/result/testLoss").doubleValue();
        return String.format(Locale.ROOT, "Test loss            %.4f", loss);
    }

    private Outcome train(String out) throws IOException {
        Path conf = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(
                conf.resolve("spark-defaults.conf"),
                "spark.driver.extraClassPath " + Checkout.commonTestClasses() + "\n"
                        + "spark.hadoop.fs.store.impl " + STORE + "\n"
                        + "spark.hadoop.fs.store.lag 10000\n");
        return DropwiseProcess.sparkSubmit("local[2]", "train", "--out", out)
                .with("--model", "mlp:64", "--train-limit", "1000", "--epochs", "4", "--seed", "3")
                .environment("SPARK_CONF_DIR", conf.toString())
                .run();
    }
}
