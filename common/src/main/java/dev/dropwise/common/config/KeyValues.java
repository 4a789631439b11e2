package dev.dropwise.common.config;

import dev.dropwise.common.failure.DropwiseException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The part {@code option=value,...} of a spec. */
final class KeyValues {
    private final String kind;
    private final Map<String, String> values = new TreeMap<>();

    /** Reads {@code text}, which may be empty, and in which each of {@code known} may stand once. */
    KeyValues(String kind, String text, List<String> known) {
        this.kind = kind;
        for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String option = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !known.contains(option)) {
                throw DropwiseException.configuration("dropout " + kind + ": option '" + part
                        + "' is unknown; did you mean '" + Nearest.of(option, known) + "=...'? Known: "
                        + String.join(", ", known));
            }
            if (values.put(option, part.substring(equals + 1)) != null) {
                throw DropwiseException.configuration(
                        "dropout " + kind + ": expected option " + option + " once, found it twice: '" + text + "'");
            }
        }
    }

    String text(String option, String usual, List<String> admitted) {
        String value = values.getOrDefault(option, usual);
        if (!admitted.contains(value)) {
            throw DropwiseException.configuration("dropout " + kind + ": " + option + ": expected one of "
                    + String.join(", ", admitted) + ", found '" + value + "'");
        }
        return value;
    }

    double number(String option, double usual) {
        String value = values.get(option);
        if (value == null) {
            return usual;
        }
        try {
            double number = Double.parseDouble(value);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw noNumber(option, value);
        }
        throw noNumber(option, value);
    }

    int count(String option, int usual, int most) {
        String value = values.get(option);
        if (value == null) {
            return usual;
        }
        try {
            int count = Integer.parseInt(value);
            if (count >= 1 && count <= most) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw noCount(option, value, most);
        }
        throw noCount(option, value, most);
    }

    private DropwiseException noNumber(String option, String value) {
        return DropwiseException.configuration(
                "dropout " + kind + ": " + option + ": expected a number, found '" + value + "'");
    }

    private DropwiseException noCount(String option, String value, int most) {
        return DropwiseException.configuration("dropout " + kind + ": " + option
                + ": expected a whole number from 1 to " + most + ", found '" + value + "'");
    }

    boolean has(String option) {
        return values.containsKey(option);
    }
}
