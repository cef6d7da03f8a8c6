package federa.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Named keys of JSON objects, one object a line. */
final class JsonColumns implements Parser<String> {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private final Columns columns;

    private JsonColumns(Columns columns) {
        this.columns = columns;
    }

    static Rows<?> open(SplitFile file, InputStream bytes, Columns columns) {
        return new Rows<>(file, new FilledLines(new Lines(bytes)), new JsonColumns(columns));
    }

    @Override
    public Labelled parse(String line) throws Malformed {
        JsonNode object = object(line);
        String id = columns.hasId() ? value(object, columns.id()) : null;
        if (columns.hasId() && id == null) {
            throw new Malformed("the id is null");
        }
        String key = columns.hasKey() ? value(object, columns.key()) : null;
        return new Labelled(null, id, value(object, columns.text()), value(object, columns.label()), key);
    }

    private static JsonNode object(String line) throws Malformed {
        try {
            JsonNode object = JSON.readTree(line);
            if (!object.isObject()) {
                throw new Malformed("found a JSON %s, expected one object a line".formatted(object.getNodeType()));
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new Malformed("not JSON: " + firstLine(e.getOriginalMessage()));
        }
    }

    private static String value(JsonNode object, String name) throws Malformed {
        JsonNode value = object.get(name);
        if (value == null) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            throw new Malformed(Columns.unknown("the object", name, names));
        }

        if (value.isNull()) {
            return null;
        }

        if (!value.isTextual() && !value.isIntegralNumber() && !value.isBoolean()) {
            throw new Malformed("'%s' is a JSON %s, expected a string, a whole number or a boolean"
                    .formatted(name, value.getNodeType()));
        }

        String text = value.asText();
        // Half of a surrogate pair, written as an escape, passes JSON but is no text: Spark would store a '?'.
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new Malformed("'%s' holds half a surrogate pair".formatted(name));
        }
        return text;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** Blank lines of a JSONL file say nothing. */
    private record FilledLines(Lines lines) implements Records<String> {

        @Override
        public String next() throws IOException, Malformed {
            String line = lines.next();
            while (line != null && line.isBlank()) {
                line = lines.next();
            }
            return line;
        }

        @Override
        public long line() {
            return lines.line();
        }
    }
}
