package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import federa.spi.InvalidInputException;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ${NAME}} in a text stands for an environment variable. */
final class Variables {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

    private Variables() {}

    /** Replaces the variables in all texts of a tree, in place. */
    static void expand(String file, JsonNode node, String path, UnaryOperator<String> environment) {
        if (node instanceof ObjectNode object) {
            object.fields().forEachRemaining(field -> {
                String key = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                field.setValue(expanded(file, field.getValue(), key, environment));
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, expanded(file, array.get(i), path, environment));
            }
        }
    }

    private static JsonNode expanded(String file, JsonNode node, String path, UnaryOperator<String> environment) {
        if (node instanceof TextNode text) {
            return TextNode.valueOf(expand(file, text.textValue(), path, environment));
        }
        expand(file, node, path, environment);
        return node;
    }

    /**
     * The text with its variables replaced.
     *
     * @param environment looks up a variable, null if it is not set
     * @throws InvalidInputException naming the file, the key and the variable that is not set
     */
    static String expand(String file, String text, String key, UnaryOperator<String> environment) {
        Matcher variable = VARIABLE.matcher(text);
        return variable.replaceAll(match -> {
            String value = environment.apply(match.group(1));
            if (value == null) {
                throw new InvalidInputException("%s: %s needs the environment variable %s, which is not set"
                        .formatted(file, key, match.group(1)));
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
