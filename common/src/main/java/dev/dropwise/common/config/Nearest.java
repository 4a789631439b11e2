package dev.dropwise.common.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Finds the word that a misspelt one was meant to be. */
public final class Nearest {
    private Nearest() {}

    /**
     * The first of {@code known}, which is not empty, that is reached from {@code text} by the fewest single-letter edits
     * (Levenshtein).
     */
    public static String of(String text, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(each -> distance(each, text)))
                .orElseThrow();
    }

    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
