package dev.dropwise.deploy.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A run directory, read as JSON without Dropwise's own classes, so that what is promised to users is tested.
 *
 * @param directory {@code --out}
 */
public record RunFiles(Path directory) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public Path file(String name) {
        return directory.resolve(name);
    }

    /** {@code run.json}; an empty object as long as there is none. */
    public JsonNode document() {
        return Files.exists(file("run.json")) ? json(text("run.json")) : JSON.createObjectNode();
    }

    /** Lines of {@code metrics.jsonl}; none as long as there is no file. */
    public List<JsonNode> metrics() {
        return Files.exists(file("metrics.jsonl"))
                ? text("metrics.jsonl").lines().map(RunFiles::json).toList()
                : List.of();
    }

    /** {@code trace.json}. */
    public TraceFile trace() {
        return new TraceFile(json(text("trace.json")));
    }

    /** Of every epoch, in the order of lines. */
    public List<String> parameterDigests() {
        return metrics().stream()
                .map(line -> line.get("parameterDigest").textValue())
                .toList();
    }

    /** Of the last attempt, by rank; none before the workers have met. */
    public List<Long> workerPids() {
        return elements(document().path("workers"))
                .map(worker -> worker.get("pid").longValue())
                .toList();
    }

    /** Of all shards, by rank. */
    public List<String> maskDigests() {
        return elements(document().path("workers"))
                .flatMap(worker -> elements(worker.path("maskDigests")))
                .map(JsonNode::textValue)
                .toList();
    }

    /** A file's text. */
    public String text(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All files by name, with their bytes in Latin-1, so that any change shows. */
    public Map<String, String> contents() {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        directory.relativize(each).toString(),
                        new String(Files.readAllBytes(each), StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
