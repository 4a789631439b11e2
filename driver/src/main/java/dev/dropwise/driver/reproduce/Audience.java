package dev.dropwise.driver.reproduce;

import dev.dropwise.driver.job.Interruption;
import java.util.function.Consumer;

/**
 * Who watches an experiment.
 *
 * @param progress takes a line now and then
 * @param table takes the lines of the result
 * @param interruption asked whether to end
 */
public record Audience(Consumer<String> progress, Consumer<String> table, Interruption interruption) {}
