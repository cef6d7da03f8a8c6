package federa.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Named keys of JSON objects, one object a line, and the columns that the file's folders' names give. */
record JsonColumns(Map<String, String> folders) {

    static Rows<?, Labelled> open(SplitFile file, InputStream bytes, Columns columns) {
        JsonColumns keys = new JsonColumns(FolderColumns.of(file));
        return new Rows<>(new JsonObjects(bytes), object -> keys.labelled(object, columns));
    }

    private Labelled labelled(JsonNode object, Columns columns) throws Malformed {
        String id = columns.hasId() ? value(object, columns.id()) : null;
        if (columns.hasId() && id == null) {
            throw new Malformed("the id is null");
        }
        String key = columns.hasKey() ? value(object, columns.key()) : null;
        return new Labelled(null, id, value(object, columns.text()), value(object, columns.label()), key);
    }

    /**
     * The value of a key as text, null if it is null.
     *
     * @throws Malformed if there is none, or it is no text, whole number or boolean
     */
    String value(JsonNode object, String name) throws Malformed {
        JsonNode value = object.get(name);
        if (value == null && folders.containsKey(name)) {
            return folders.get(name);
        }
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
