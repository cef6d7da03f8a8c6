package federa.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;

/** JSON objects, one a line. Blank lines say nothing. */
final class JsonObjects implements Records<JsonNode> {

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build()
            .reader();

    private final Lines lines;

    private boolean found;
    private String text;

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

    /** The line behind the object of the last call. */
    String text() {
        return text;
    }

    private JsonNode parse(String line) throws IOException, Malformed {
        JsonNode object = tree(line);
        if (object.isArray() && !found) {
            throw new Unusable(
                    lines.line(),
                    "the file begins with a JSON array; write one object a line without brackets and commas around"
                            + " them, for instance with jq -c '.[]'");
        }
        if (!object.isObject()) {
            throw new Malformed("found a JSON %s, expected one object a line".formatted(object.getNodeType()));
        }
        found = true;
        text = line;
        return object;
    }

    private JsonNode tree(String line) throws IOException, Malformed {
        try (BoundedJsonParser parser =
                new BoundedJsonParser(JSON.createParser(line), Limits.PARTS, Limits.RECORD_BYTES)) {
            JsonNode tree = JSON.readTree(parser);
            if (parser.nextToken() != null) {
                throw new Malformed(
                        "something follows the JSON %s, expected one object a line".formatted(tree.getNodeType()));
            }
            return tree;
        } catch (JsonProcessingException e) {
            if (!found && line.stripLeading().startsWith("[")) {
                return JSON.createArrayNode();
            }
            throw new Malformed("not JSON: %s; expected one whole object a line".formatted(JsonText.firstLine(e)));
        } catch (Unusable e) {
            throw new Unusable(lines.line(), e.getMessage());
        }
    }
}
