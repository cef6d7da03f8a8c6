package federa.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/** Strings out of JSON. */
final class JsonText {

    private JsonText() {}

    /** The string under a key of an object. */
    static String required(JsonNode object, String name) throws Malformed {
        JsonNode value = object.path(name);
        if (!value.isTextual()) {
            throw new Malformed("'%s' is %s, expected a string"
                    .formatted(name, value.isMissingNode() ? "missing" : "a JSON " + value.getNodeType()));
        }
        return whole(name, value.asText());
    }

    /** The string or whole number under a key of an object, as text: many tools number their records. */
    static String identity(JsonNode object, String name) throws Malformed {
        JsonNode value = object.path(name);
        return value.isIntegralNumber() ? value.asText() : required(object, name);
    }

    static String whole(String name, String text) throws Malformed {
        if (!isWhole(text)) {
            throw new Malformed("'%s' holds half a surrogate pair".formatted(name));
        }
        return text;
    }

    /** Half of a surrogate pair, written as an escape, passes JSON but is no text: Spark would store a '?'. */
    static boolean isWhole(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    static String firstLine(JsonProcessingException failure) {
        String line = failure.getOriginalMessage().lines().findFirst().orElse("");
        // What a program could switch on is no help to a user.
        return line.replaceFirst(": enable `[^`]*` to allow$", "");
    }
}
