package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A configuration tree by dotted keys. */
final class Leaves {

    private Leaves() {}

    /** The values of a tree as texts, by their keys in natural order. */
    static Map<String, String> of(JsonNode tree) {
        Map<String, String> leaves = new TreeMap<>();
        nodes(tree, node -> false)
                .forEach((key, node) -> leaves.put(key, node.isTextual() ? node.textValue() : node.toString()));
        return leaves;
    }

    /**
     * The values of a tree by their keys, in the tree's order; an empty mapping is a value.
     *
     * @param whole mappings that are values too
     */
    static Map<String, JsonNode> nodes(JsonNode tree, Predicate<JsonNode> whole) {
        Map<String, JsonNode> leaves = new LinkedHashMap<>();
        collect(tree, "", whole, leaves);
        return leaves;
    }

    private static void collect(JsonNode node, String path, Predicate<JsonNode> whole, Map<String, JsonNode> leaves) {
        if (node instanceof ObjectNode object && (path.isEmpty() || !object.isEmpty()) && !whole.test(object)) {
            object.fields()
                    .forEachRemaining(field -> collect(
                            field.getValue(),
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                            whole,
                            leaves));
        } else {
            leaves.put(path, node);
        }
    }

    /** What stands at a key, a missing node if nothing does. */
    static JsonNode at(JsonNode tree, String key) {
        JsonNode node = tree;
        for (String part : key.split("\\.", -1)) {
            node = node == null ? null : node.get(part);
        }
        return node == null ? MissingNode.getInstance() : node;
    }

    /** Sets a value, making the mappings on the way; false if something on the way is no mapping. */
    static boolean put(ObjectNode tree, String key, JsonNode value) {
        ObjectNode parent = tree;
        String[] parts = key.split("\\.", -1);
        for (int i = 0; i < parts.length - 1; i++) {
            JsonNode next = parent.has(parts[i]) ? parent.get(parts[i]) : parent.putObject(parts[i]);
            if (!(next instanceof ObjectNode mapping)) {
                return false;
            }
            parent = mapping;
        }
        parent.set(parts[parts.length - 1], value);
        return true;
    }

    /** Removes a key, and the mappings that it leaves empty. */
    static void remove(ObjectNode tree, String key) {
        int dot = key.indexOf('.');
        if (dot < 0) {
            tree.remove(key);
        } else if (tree.get(key.substring(0, dot)) instanceof ObjectNode part) {
            remove(part, key.substring(dot + 1));
            if (part.isEmpty()) {
                tree.remove(key.substring(0, dot));
            }
        }
    }
}
