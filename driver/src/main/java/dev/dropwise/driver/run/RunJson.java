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

/** JSON texts of a run directory. */
public final class RunJson {
    private final ObjectMapper pretty = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private final ObjectMapper line = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** {@code run.json}, indented. */
    public byte[] document(RunDocument document) {
        return write(pretty, document);
    }

    /** A line of {@code metrics.jsonl}, newline included. Numbers that are not finite become null. */
    public String metrics(EpochReport report) {
        return new String(write(line, report), StandardCharsets.UTF_8).replace("\"NaN\"", "null") + "\n";
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
            return line.readValue(json, type);
        } catch (IOException e) {
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
