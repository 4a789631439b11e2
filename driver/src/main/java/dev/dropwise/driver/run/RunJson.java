package dev.dropwise.driver.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dropwise.common.failure.DropwiseException;
import dev.dropwise.worker.progress.EpochReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** JSON texts of a run directory. JSON has no NaN: a number that is not finite is written as null, and null is read as NaN. */
public final class RunJson {
    private final ObjectMapper line = JsonMapper.builder()
            .addModule(new NumbersOrNull())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private final ObjectMapper pretty = line.copy().enable(SerializationFeature.INDENT_OUTPUT);

    /** {@code run.json}, indented. */
    public byte[] document(RunDocument document) {
        return write(pretty, document);
    }

    /** A line of {@code metrics.jsonl}, newline included. */
    public String metrics(EpochReport report) {
        return new String(write(line, report), StandardCharsets.UTF_8) + "\n";
    }

    /** Reads {@code run.json}; {@code name} is the file that an error names. */
    public RunDocument document(String name, byte[] json) {
        return read(name, json, RunDocument.class);
    }

    /** Reads a line of {@code metrics.jsonl}. */
    public EpochReport metrics(String name, String json) {
        return read(name, json.getBytes(StandardCharsets.UTF_8), EpochReport.class);
    }

    private <T> T read(String name, byte[] json, Class<T> type) {
        try {
            // Checked, because the text "null" is JSON for nothing.
            return type.cast(Objects.requireNonNull(line.readerFor(type).readValue(json), "null"));
        } catch (IOException | NullPointerException e) {
            throw DropwiseException.badData(name + ": expected " + type.getSimpleName() + " as JSON, found "
                    + e.getMessage() + "; restore the file or start a new run in another --out directory");
        }
    }

    private static byte[] write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of this package are always JSON", e);
        }
    }
}
