package federa.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.spi.InvalidInputException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A short experiment file in the making: keys with values, in the order in which they are added, and comments. */
public final class Draft {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*");

    /** What YAML takes for something else than a text. */
    private static final Set<String> WORDS = Set.of("true", "false", "yes", "no", "on", "off", "y", "n", "null");

    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();

    /** A line that only people read. */
    public Draft comment(int level, String comment) {
        text.append(INDENT.repeat(level)).append("# ").append(comment).append('\n');
        return this;
    }

    /** An empty line. */
    public Draft gap() {
        text.append('\n');
        return this;
    }

    /** A mapping whose keys follow with one more level. */
    public Draft part(int level, String key) {
        text.append(INDENT.repeat(level)).append(key).append(":\n");
        return this;
    }

    /** A value that is a text, a number or a boolean, quoted if YAML would take it for something else. */
    public Draft value(int level, String key, Object value) {
        return line(level, key, scalar(value), "");
    }

    /** As {@link #value(int, String, Object)}, with a comment behind it. */
    public Draft value(int level, String key, Object value, String comment) {
        return line(level, key, scalar(value), "   # " + comment);
    }

    /** A choice by its kind alone. */
    public Draft kind(int level, String key, String kind) {
        return line(level, key, "{kind: %s}".formatted(kind), "");
    }

    private Draft line(int level, String key, String value, String comment) {
        text.append(INDENT.repeat(level))
                .append(key)
                .append(": ")
                .append(value)
                .append(comment)
                .append('\n');
        return this;
    }

    /** As it is if it can be nothing but this text, else in double quotes, which YAML has from JSON. */
    private static String scalar(Object value) {
        boolean plain = PLAIN.matcher(value.toString()).matches()
                && !WORDS.contains(value.toString().toLowerCase(Locale.ROOT));
        if (!(value instanceof String) || plain) {
            return value.toString();
        }
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a text can always be written", e);
        }
    }

    /**
     * The file's text.
     *
     * @throws InvalidInputException naming the key, if the experiment cannot be bound
     */
    public String checked(String file) {
        ExperimentFile.parse(file, text.toString(), variable -> variable).bind();
        return text.toString();
    }
}
