package dev.dropwise.deploy.process;

import java.util.regex.MatchResult;

/** A line that was waited for: what matched in it, and when it came, by {@link System#nanoTime}. */
public record Sighting(MatchResult match, long seenNs) {
    /** A group of the match. */
    public String group(int number) {
        return match.group(number);
    }
}
