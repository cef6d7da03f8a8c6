package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Defaults that are made from other keys, as {@code defaults.yaml} explains them. */
final class Expression {

    private static final String OF = "of";
    private static final String TIMES = "times";
    private static final String LAST_PART_OF = "last-part-of";
    private static final String SMALLEST = "smallest";
    private static final String FIRST = "first";

    private Expression() {}

    /** True for an expression, false for a plain value or a mapping of further keys. */
    static boolean isOne(JsonNode node) {
        return Stream.of(OF, LAST_PART_OF, SMALLEST, FIRST).anyMatch(node::has);
    }

    /** The value, nothing if a key that it is made from is not there. */
    static Optional<JsonNode> value(JsonNode node, ObjectNode tree) {
        if (node.has(OF)) {
            Optional<JsonNode> value = of(node.get(OF), tree);
            return node.has(TIMES)
                    ? value.filter(JsonNode::isNumber)
                            .map(number -> IntNode.valueOf((int) Math.ceil(
                                    number.asDouble() * node.get(TIMES).asDouble())))
                    : value;
        }
        if (node.has(LAST_PART_OF)) {
            return of(node.get(LAST_PART_OF), tree).map(path -> TextNode.valueOf(lastPart(path.asText())));
        }
        if (node.has(SMALLEST)) {
            return made(node.get(SMALLEST), tree)
                    .filter(JsonNode::isNumber)
                    .min(Comparator.comparingDouble(JsonNode::asDouble));
        }
        if (node.has(FIRST)) {
            return made(node.get(FIRST), tree).findFirst();
        }
        return Optional.of(node);
    }

    /** In words, for documentation. */
    static String inWords(JsonNode node) {
        if (node.has(OF)) {
            String key = node.get(OF).asText();
            return node.has(TIMES) ? "%s x %s".formatted(node.get(TIMES).asText(), key) : key;
        }
        if (node.has(LAST_PART_OF)) {
            return "the last part of " + node.get(LAST_PART_OF).asText();
        }
        if (node.has(SMALLEST)) {
            return "the smallest of " + listed(node.get(SMALLEST), ", ");
        }
        if (node.has(FIRST)) {
            return listed(node.get(FIRST), " or else ");
        }
        return node.isTextual() ? node.textValue() : node.toString().replace("\"", "");
    }

    private static String listed(JsonNode parts, String between) {
        return StreamSupport.stream(parts.spliterator(), false)
                .map(Expression::inWords)
                .collect(Collectors.joining(between));
    }

    private static Stream<JsonNode> made(JsonNode parts, ObjectNode tree) {
        return StreamSupport.stream(parts.spliterator(), false).flatMap(part -> value(part, tree).stream());
    }

    private static Optional<JsonNode> of(JsonNode key, ObjectNode tree) {
        JsonNode value = Leaves.at(tree, key.asText());
        return value.isValueNode() && !value.isNull() ? Optional.of(value) : Optional.empty();
    }

    private static String lastPart(String path) {
        String plain = path.replaceAll("/+$", "");
        return plain.substring(plain.lastIndexOf('/') + 1);
    }
}
