package federa.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Parts of an experiment in the one form that depends on neither how a file wrote them nor what classes are called: JSON in
 * one line with the keys of experiment files, sorted. What the warehouse keeps is identified by it.
 */
public final class Canonical {

    private static final YAMLMapper YAML = Binding.mapper();
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final int DIGITS = 16;

    private Canonical() {}

    /** A part of an experiment, such as its partition, with the name of what was chosen. */
    public static String of(Object part) {
        return write(YAML.convertValue(part, Map.class));
    }

    /** The name under which experiment files choose this, such as {@code label-dirichlet}. */
    public static String nameOf(Object choice) {
        return YAML.valueToTree(choice).get("kind").textValue();
    }

    /**
     * An identity: the first 16 hexadecimal digits of the SHA-256 of everything it is made of.
     *
     * @param parts by name; texts and numbers, or parts of an experiment
     */
    public static String id(Map<String, ?> parts) {
        Map<String, JsonNode> trees = new TreeMap<>();
        parts.forEach(
                (name, part) -> trees.put(name, YAML.valueToTree(part))); // each by itself, for its kind to be in it
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(write(YAML.convertValue(trees, Map.class)).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String write(Map<?, ?> tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can always be written", e);
        }
    }
}
