package dev.dropwise.driver.reproduce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code results.json}. Numbers that are not known are null. */
final class ResultsJson {
    private final JsonMapper mapper =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * Where and with what it ran.
     *
     * @param applicationId of Spark
     * @param master of Spark
     * @param kernelClass that all tasks computed with
     * @param workers ranks
     * @param wallSeconds from the context's start to the last figure
     */
    record Place(String applicationId, String master, String kernelClass, int workers, double wallSeconds) {}

    /** The document, UTF-8. */
    byte[] bytes(Recipe recipe, boolean quick, Findings findings, Place place) {
        ObjectNode root = mapper.createObjectNode();
        root.put("name", recipe.name()).put("title", recipe.title()).put("source", recipe.source());
        root.put("quick", quick).put("agrees", findings.agree());
        ArrayNode figures = root.putArray("figures");
        findings.figures().forEach(figure -> put(figures.addObject(), figure));
        ArrayNode curves = root.putArray("curves");
        findings.curves().forEach(curve -> {
            ObjectNode node = curves.addObject().put("panel", curve.panel()).put("name", curve.name());
            numbers(node.putArray("values"), curve.values());
        });
        findings.notes().forEach(root.withArray("notes")::add);
        root.set("place", mapper.valueToTree(place));
        try {
            return mapper.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    private static void put(ObjectNode node, Figure figure) {
        Expectation expectation = figure.expectation();
        node.put("name", figure.name());
        number(node, "published", expectation.published());
        number(node, "tolerance", expectation.tolerance());
        ArrayNode seeds = node.putArray("seeds");
        figure.seeds().forEach(seeds::add);
        numbers(node.putArray("values"), figure.ours().values());
        number(node, "mean", figure.ours().mean());
        ArrayNode interval = node.putArray("interval95");
        if (Double.isFinite(figure.ours().halfWidth())) {
            numbers(interval, List.of(figure.ours().low(), figure.ours().high()));
        }
        node.put("verdict", figure.verdict());
    }

    private static void number(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    private static void numbers(ArrayNode array, List<Double> values) {
        values.forEach(value -> {
            if (Double.isFinite(value)) {
                array.add(value);
            } else {
                array.addNull();
            }
        });
    }
}
