package dev.dropwise.common.model;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.dropwise.common.failure.DropwiseException;
import java.io.IOException;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The classes that the text of a configuration names. Deeplearning4j makes instances of whatever class stands there, so a
 * text from anybody must be looked through before it gets to see it.
 */
final class NamedClasses {
    /** What a layer, updater, dropout or the like of a configuration can be. */
    static final String ADMITTED = "org.deeplearning4j.nn.*, org.nd4j.linalg.*, dev.dropwise.common.*";

    private static final Pattern ADMITTED_NAME = Pattern.compile(
            "(org\\.deeplearning4j\\.nn|org\\.nd4j\\.linalg|dev\\.dropwise\\.common)(\\.\\w+)+(\\$\\w+)*");

    // Jackson's own default, and what Deeplearning4j calls it for distributions.
    private static final String CLASS = "@class";
    private static final Set<String> KEYS = Set.of(CLASS, "type");

    private NamedClasses() {}

    /**
     * Goes through the whole of {@code json}, which must be strict: what this reader does not understand, a more lenient one
     * behind it might.
     *
     * @param refusal makes the exception to throw, told what was found instead
     */
    static void requireAdmitted(String json, Function<String, DropwiseException> refusal) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && KEYS.contains(parser.currentName())) {
                    boolean named = parser.currentName().equals(CLASS);
                    boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
                    if (text ? isForeign(parser.getText(), named) : named) {
                        throw refusal.apply("the class " + parser.getText() + "; admitted are " + ADMITTED);
                    }
                }
            }
        } catch (JacksonException e) {
            throw refusal.apply(e.getOriginalMessage());
        } catch (IOException e) {
            throw refusal.apply(e.toString());
        }
    }

    /** Under other keys than Jackson's own, a word without a dot is a name of something else. */
    private static boolean isForeign(String value, boolean named) {
        boolean qualified = value.indexOf('.') >= 0 || value.indexOf('<') >= 0;
        return (named || qualified) && !ADMITTED_NAME.matcher(value).matches();
    }
}
