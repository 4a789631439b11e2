package dev.dropwise.deploy.stock;

import dev.dropwise.deploy.process.DropwiseProcess;
import dev.dropwise.deploy.process.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs {@link StockPredictions} in a JVM whose class path is that of the tests without anything of Dropwise's. */
public final class StockJvm {
    private StockJvm() {}

    /**
     * Predicts.
     *
     * @param directory for the program's class, and its output
     * @return probabilities, a row an image
     */
    public static List<double[]> predict(Path model, Path images, Path directory) {
        Path output = directory.resolve("stock.txt");
        Outcome outcome = DropwiseProcess.program(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        // The baseline build runs on every CPU, and shows that predictions do not hang on the class.
                        "-Dorg.bytedeco.javacpp.platform.extension=-onednn",
                        "-cp",
                        classPath(directory),
                        StockPredictions.class.getName(),
                        model.toString(),
                        images.toString(),
                        output.toString())
                .run()
                .orFail();
        if (!outcome.out().contains("without Dropwise")) {
            throw new AssertionError("the stock JVM did not say that it lacks Dropwise: " + outcome);
        }
        try {
            return Files.readAllLines(output).stream()
                    .map(line -> Arrays.stream(line.split(" ", -1))
                            .filter(word -> !word.isEmpty())
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath(Path directory) {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.concat(
                        Stream.of(copyOfProgram(directory).toString()),
                        Arrays.stream(all.split(File.pathSeparator, -1)).filter(StockJvm::isForeign))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path copyOfProgram(Path directory) {
        String name = StockPredictions.class.getName().replace('.', '/') + ".class";
        Path copy = directory.resolve("program").resolve(name);
        try (InputStream in =
                Objects.requireNonNull(StockJvm.class.getClassLoader().getResourceAsStream(name))) {
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            Files.copy(in, copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory.resolve("program");
    }

    private static boolean isForeign(String entry) {
        if (!entry.endsWith(".jar")) {
            return false;
        }
        try (JarFile jar = new JarFile(entry)) {
            return jar.stream().noneMatch(each -> each.getName().startsWith("dev/dropwise/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
