package federa.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;

/** JSON objects, one a line. Blank lines say nothing. */
final class JsonObjects implements Records<JsonNode> {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private final Lines lines;

    JsonObjects(InputStream bytes) {
        this.lines = new Lines(bytes);
    }

    @Override
    public JsonNode next() throws IOException, Malformed {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        return line == null ? null : parse(line);
    }

    @Override
    public long line() {
        return lines.line();
    }

    private static JsonNode parse(String line) throws Malformed {
        try {
            JsonNode object = JSON.readTree(line);
            if (!object.isObject()) {
                throw new Malformed("found a JSON %s, expected one object a line".formatted(object.getNodeType()));
            }
            return object;
        } catch (JsonProcessingException e) {
            throw new Malformed("not JSON: " + JsonText.firstLine(e));
        }
    }
}
