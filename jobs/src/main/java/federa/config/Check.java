package federa.config;

import federa.spi.InvalidInputException;
import java.util.regex.Pattern;

/** Checks of configured values; a message names the key and the value. */
public final class Check {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private Check() {}

    static void that(boolean valid, String rule, Object value) {
        if (!valid) {
            throw new InvalidInputException("%s, got %s".formatted(rule, value));
        }
    }

    /** Names become parts of paths and ids. */
    public static void name(String key, String value) {
        that(
                value != null && NAME.matcher(value).matches(),
                key + " must be 1 to 100 letters, digits, dots, dashes or underscores",
                value == null ? null : "'" + value.replaceAll("\\p{Cntrl}", "?") + "'");
    }
}
