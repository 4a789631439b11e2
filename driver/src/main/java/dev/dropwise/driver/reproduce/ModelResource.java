package dev.dropwise.driver.reproduce;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A network of a recipe that the zoo does not have: a MultiLayerConfiguration in JSON beside this class, as a user would give it to
 * {@code --model}.
 *
 * @param name of the file
 */
record ModelResource(String name) {
    /** The JSON. */
    String text() {
        try (InputStream in = ModelResource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the application lacks its resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the application's resource " + name + " cannot be read", e);
        }
    }
}
