package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** A configuration tree as dotted keys and their values. */
final class Leaves {

    private Leaves() {}

    static Map<String, String> of(JsonNode tree) {
        Map<String, String> leaves = new TreeMap<>();
        collect(tree, "", leaves);
        return leaves;
    }

    private static void collect(JsonNode node, String path, Map<String, String> leaves) {
        if (node instanceof ObjectNode object) {
            object.fields()
                    .forEachRemaining(field -> collect(
                            field.getValue(), path.isEmpty() ? field.getKey() : path + "." + field.getKey(), leaves));
        } else {
            leaves.put(path, node.isTextual() ? node.textValue() : node.toString());
        }
    }
}
