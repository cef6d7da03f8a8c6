package federa.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * An experiment's YAML: {@code ${NAME}} stands for an environment variable, {@code --set a.b=c} replaces a value, and
 * the rest is bound strictly. Any error names the key.
 */
public final class ExperimentFile {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final YAMLMapper YAML = Binding.mapper();

    /** Keys that came after warehouses did, each with what runs did before it. */
    static final Map<String, Object> ADDED = Map.of("training.gradient-checkpointing", false);

    private final String file;
    private final ObjectNode tree;

    private ExperimentFile(String file, ObjectNode tree) {
        this.file = file;
        this.tree = tree;
    }

    /**
     * Parses a file's text.
     *
     * @param file its name, for messages
     * @param environment looks up a variable, null if it is not set
     * @throws InvalidInputException if it is no YAML mapping or a variable is not set
     */
    public static ExperimentFile parse(String file, String text, UnaryOperator<String> environment) {
        try {
            JsonNode tree = YAML.readTree(text);
            if (!(tree instanceof ObjectNode object)) {
                throw new InvalidInputException(file + " is not a YAML mapping of keys to values");
            }
            expand(file, object, "", environment);
            return new ExperimentFile(file, object);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("%s, %s".formatted(file, syntax(e)), e);
        }
    }

    /**
     * A copy with values replaced.
     *
     * @param assignments each {@code a.b.c=value}, the value as YAML; the key must be in the file
     */
    public ExperimentFile with(List<String> assignments) {
        ObjectNode copy = tree.deepCopy();
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new InvalidInputException("--set takes key=value, such as method.rank=16, got " + assignment);
            }
            set(copy, assignment.substring(0, equals), value(assignment.substring(equals + 1)));
        }
        return new ExperimentFile(file, copy);
    }

    /** A copy with values replaced, by their keys; a key must be in the file. */
    public ExperimentFile with(Map<String, ?> values) {
        ExperimentFile copy = new ExperimentFile(file, tree.deepCopy());
        values.forEach((key, value) -> copy.set(copy.tree, key, YAML.valueToTree(value)));
        return copy;
    }

    /** The value of a key as plain lists, maps, texts and numbers; nothing if the file does not have the key. */
    public Optional<Object> get(String key) {
        JsonNode value = tree.at("/" + key.replace('.', '/'));
        return value.isMissingNode() ? Optional.empty() : Optional.of(YAML.convertValue(value, Object.class));
    }

    /** The experiment's baseline of this name: the experiment with the baseline's keys replaced, and none of its own. */
    public ExperimentFile baseline(String name, Map<String, Object> overrides) {
        ExperimentFile baseline = new ExperimentFile(file + ", baselines." + name, tree).with(overrides);
        baseline.tree.set("baselines", YAML.createObjectNode());
        return baseline;
    }

    /** The experiment that the file describes. */
    public Experiment bind() {
        try {
            return YAML.treeToValue(tree, Experiment.class);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + ": " + Mistake.explain(YAML, tree, e), e);
        }
    }

    /**
     * Checks one part of the experiment, such as {@code training}, on its own.
     *
     * @throws InvalidInputException as {@link #bind} does
     */
    public void check(String part) {
        Class<?> type = Arrays.stream(Experiment.class.getRecordComponents())
                .filter(component -> component.getName().equals(part))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("an experiment has no part " + part))
                .getType();
        try {
            YAML.treeToValue(tree.get(part), type);
        } catch (JsonMappingException e) {
            e.prependPath(Experiment.class, part);
            throw new InvalidInputException(Mistake.explain(YAML, tree, e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree was parsed already", e);
        }
    }

    /** An experiment as YAML, every value written out: what is stored with a run. */
    public static String toYaml(Experiment experiment) {
        try {
            return YAML.writeValueAsString(experiment);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an experiment can always be written", e);
        }
    }

    /** The experiment stored with a run, by this version or one before it. */
    public static Experiment ofYaml(String yaml) {
        ExperimentFile stored = parse("the stored configuration", yaml, name -> null);
        ADDED.forEach((key, value) -> {
            int dot = key.lastIndexOf('.');
            if (stored.tree.at("/" + key.substring(0, dot).replace('.', '/')) instanceof ObjectNode part) {
                part.putIfAbsent(key.substring(dot + 1), YAML.valueToTree(value));
            }
        });
        return stored.bind();
    }

    /**
     * The keys in which two experiments differ, each with both values; keys under the given ones do not count.
     *
     * @param ignored such as {@code federation.rounds}
     */
    public static List<String> differences(Experiment stored, Experiment now, List<String> ignored) {
        Map<String, String> before = Leaves.of(YAML.valueToTree(stored));
        Map<String, String> after = Leaves.of(YAML.valueToTree(now));
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String was = before.getOrDefault(key, "absent");
            String is = after.getOrDefault(key, "absent");
            if (!was.equals(is) && ignored.stream().noneMatch(i -> key.equals(i) || key.startsWith(i + "."))) {
                differences.add("%s was %s, now %s".formatted(key, was, is));
            }
        }
        return differences;
    }

    private void set(ObjectNode root, String path, JsonNode value) {
        List<String> keys = Arrays.asList(path.split("\\.", -1));
        ObjectNode parent = root;
        for (String key : keys.subList(0, keys.size() - 1)) {
            if (!(parent.get(key) instanceof ObjectNode next)) {
                throw unknown(path, key, parent);
            }
            parent = next;
        }
        String last = keys.get(keys.size() - 1);
        if (!parent.has(last) && !isChoice(parent)) {
            throw unknown(path, last, parent);
        }
        parent.set(last, value);
    }

    /** In a choice, such as a method, the keys depend on the kind; binding checks them. */
    private static boolean isChoice(ObjectNode parent) {
        return parent.has("kind") || parent.has("format");
    }

    private InvalidInputException unknown(String path, String key, ObjectNode parent) {
        List<String> known = new ArrayList<>();
        parent.fieldNames().forEachRemaining(known::add);
        return new InvalidInputException(
                "%s: there is no key '%s' to set at %s; there are %s".formatted(file, key, path, known));
    }

    private static JsonNode value(String text) {
        try {
            JsonNode value = YAML.readTree(text);
            return value == null || value.isMissingNode() ? TextNode.valueOf("") : value;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("--set: '%s' is not a YAML value".formatted(text), e);
        }
    }

    private static void expand(String file, JsonNode node, String path, UnaryOperator<String> environment) {
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

    private static String expand(String file, String text, String key, UnaryOperator<String> environment) {
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

    /** The line where the YAML is wrong, and why; the parser's own place may be an earlier one. */
    private static String syntax(JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return "line %d: %s".formatted(marked.getProblemMark().getLine() + 1, marked.getProblem());
        }
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return "line %d: %s".formatted(line, Mistake.oneLine(e.getOriginalMessage()));
    }
}
