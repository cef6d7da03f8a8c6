package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** Named keys of JSON objects, one object a line. */
final class JsonColumns implements Parser<JsonNode> {

    private final Columns columns;

    private JsonColumns(Columns columns) {
        this.columns = columns;
    }

    static Rows<?> open(SplitFile file, InputStream bytes, Columns columns) {
        return new Rows<>(file, new JsonObjects(bytes), new JsonColumns(columns));
    }

    @Override
    public Labelled parse(JsonNode object) throws Malformed {
        String id = columns.hasId() ? value(object, columns.id()) : null;
        if (columns.hasId() && id == null) {
            throw new Malformed("the id is null");
        }
        String key = columns.hasKey() ? value(object, columns.key()) : null;
        return new Labelled(null, id, value(object, columns.text()), value(object, columns.label()), key);
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

        return JsonText.whole(name, value.asText());
    }
}
