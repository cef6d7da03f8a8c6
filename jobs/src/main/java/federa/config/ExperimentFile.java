package federa.config;

import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * An experiment's YAML: {@code ${NAME}} stands for an environment variable, {@code --set a.b=c} sets a value, {@link Defaults}
 * has those of the keys that are left out, and the whole is bound strictly. Any error names the key.
 */
public final class ExperimentFile {

    private static final YAMLMapper YAML = Binding.mapper();

    /** Keys that came after warehouses did, each with what runs did before it; nobody set them. */
    static final Map<String, Object> ADDED = Map.ofEntries(
            entry("training.gradient-checkpointing", false),
            entry("data.test-share", 0.0),
            entry("data.test-seed", 0L),
            entry("model.head-labels", "by-position"),
            entry("head.start", "fresh"),
            entry("training.local-steps", 0),
            entry("training.schedule", "round"),
            entry("federation.strategy.kind", "fedavg"),
            entry("federation.update-precision", "float32"),
            entry("federation.patience", 0),
            entry("evaluation.validation", 0.0),
            entry("evaluation.clients-every", 0));

    private static final Logger LOG = LoggerFactory.getLogger(ExperimentFile.class);

    private static final AlgorithmKeys ALGORITHM = new AlgorithmKeys(YAML);

    private final String file;
    private final ObjectNode tree;
    private final Set<String> set;
    private final UnaryOperator<String> environment;
    private final ModelTypes modelTypes;

    private ExperimentFile(
            String file, ObjectNode tree, Set<String> set, UnaryOperator<String> environment, ModelTypes modelTypes) {
        this.file = file;
        this.tree = tree;
        this.set = set;
        this.environment = environment;
        this.modelTypes = modelTypes;
    }

    /**
     * Parses a file's text.
     *
     * @param file its name, for messages
     * @param environment looks up a variable, null if it is not set
     * @throws InvalidInputException if it is no YAML mapping or a variable is not set
     */
    public static ExperimentFile parse(String file, String text, UnaryOperator<String> environment) {
        if (!(tree(file, text) instanceof ObjectNode object)) {
            throw new InvalidInputException(file + " is not a YAML mapping of keys to values");
        }
        Variables.expand(file, object, "", environment);
        return new ExperimentFile(file, writtenOut(file, object), Set.of(), environment, ModelTypes.UNKNOWN);
    }

    /** A text as YAML. */
    static JsonNode tree(String file, String text) {
        try {
            return YAML.readTree(text);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("%s, %s".formatted(file, syntax(e)), e);
        }
    }

    /** A copy whose defaults are those for the base model that it names. */
    public ExperimentFile on(ModelTypes models) {
        return new ExperimentFile(file, tree, set, environment, models);
    }

    /**
     * A copy with values set on the command line.
     *
     * @param assignments each {@code a.b.c=value}, the value as YAML
     */
    public ExperimentFile with(List<String> assignments) {
        ObjectNode copy = tree.deepCopy();
        Set<String> keys = new TreeSet<>(set);
        for (String assignment : assignments) {
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                throw new InvalidInputException("--set takes key=value, such as method.rank=16, got " + assignment);
            }
            String key = assignment.substring(0, equals);
            set(copy, key, value(assignment.substring(equals + 1)));
            keys.add(key);
        }
        return new ExperimentFile(file, copy, keys, environment, modelTypes);
    }

    /** A copy with values set, by their keys. */
    public ExperimentFile with(Map<String, ?> values) {
        ObjectNode copy = tree.deepCopy();
        values.forEach((key, value) -> set(copy, key, YAML.valueToTree(value)));
        return new ExperimentFile(file, copy, set, environment, modelTypes);
    }

    /** The value of a key, or its default, as plain lists, maps, texts and numbers; nothing if there is no such key here. */
    public Optional<Object> get(String key) {
        JsonNode value = Leaves.at(filled().tree(), key);
        return value.isMissingNode() ? Optional.empty() : Optional.of(YAML.convertValue(value, Object.class));
    }

    /** The experiment's baseline of this name: the experiment with the baseline's keys replaced, and none of its own. */
    public ExperimentFile baseline(String name, Map<String, Object> overrides) {
        return layer(file + ", baselines." + name, overrides).withoutBaselines();
    }

    /**
     * A copy with values set, by their keys.
     *
     * @param name of the place that has them, for messages, in place of the file's
     */
    ExperimentFile layer(String name, Map<String, ?> values) {
        return new ExperimentFile(name, tree, set, environment, modelTypes).with(values);
    }

    /** A copy that has no baselines. */
    ExperimentFile withoutBaselines() {
        ObjectNode copy = tree.deepCopy();
        copy.set("baselines", YAML.createObjectNode());
        return new ExperimentFile(file, copy, set, environment, modelTypes);
    }

    /** What messages call it. */
    String name() {
        return file;
    }

    /** A copy of a tree with the keys of the algorithm written out; says which former keys there were. */
    private static ObjectNode writtenOut(String file, ObjectNode tree) {
        ObjectNode copy = tree.deepCopy();
        try {
            ALGORITHM.writeOut(copy).forEach(former -> LOG.warn("{}: {}", file, former));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("%s: %s".formatted(file, e.getMessage()), e);
        }
        return copy;
    }

    /** The experiment that the file describes. */
    public Experiment bind() {
        if (tree.has(Experiment.DEFAULTED)) {
            throw new InvalidInputException("%s: the key '%s' is only for what is stored with a run; remove it"
                    .formatted(file, Experiment.DEFAULTED));
        }
        Defaults.Filled filled = filled();
        filled.tree().set(Experiment.DEFAULTED, YAML.valueToTree(filled.defaulted()));
        return bind(file, filled.tree());
    }

    /** An experiment as a file that leaves nothing to defaults. */
    public static String whole(Experiment experiment) {
        ObjectNode whole = tree(experiment);
        whole.remove(Experiment.DEFAULTED);
        try {
            return YAML.writeValueAsString(whole);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** Each key with its value, where that is from, and what it means, in the order of the keys. */
    public List<Explained> explain() {
        bind();
        Defaults.Filled filled = filled();
        List<Explained> all = new ArrayList<>();
        Leaves.of(filled.tree()).forEach((key, value) -> {
            boolean commanded = set.stream().anyMatch(path -> key.equals(path) || key.startsWith(path + "."));
            String origin = filled.defaulted().contains(key) ? "default" : commanded ? "--set" : "file";
            all.add(new Explained(key, value, origin, Meanings.STANDARD.of(key, filled.tree())));
        });
        return all;
    }

    /**
     * A key of an experiment.
     *
     * @param origin {@code file}, {@code --set} or {@code default}
     */
    public record Explained(String key, String value, String origin, String meaning) {}

    /**
     * Checks one part of the experiment, such as {@code training}, on its own.
     *
     * @throws InvalidInputException as {@link #bind} does
     */
    public void check(String part) {
        part(part);
    }

    /** The value of a key, or its default, as the record has it that it is bound to: a whole number may stand for any. */
    public Optional<Object> bound(String key) {
        String part = key.split("\\.", 2)[0];
        ObjectNode whole = YAML.createObjectNode();
        whole.set(part, YAML.valueToTree(part(part)));
        JsonNode value = Leaves.at(whole, key);
        return value.isMissingNode() ? Optional.empty() : Optional.of(YAML.convertValue(value, Object.class));
    }

    private Object part(String part) {
        Class<?> type = Arrays.stream(Experiment.class.getRecordComponents())
                .filter(component -> component.getName().equals(part))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("an experiment has no part " + part))
                .getType();
        ObjectNode whole = filled().tree();
        try {
            return YAML.treeToValue(whole.get(part), type);
        } catch (JsonMappingException e) {
            e.prependPath(Experiment.class, part);
            throw new InvalidInputException(Mistake.explain(YAML, whole, e), e);
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
        ObjectNode stored = (ObjectNode) tree("the stored configuration", yaml);
        Set<String> defaulted = new TreeSet<>();
        stored.path(Experiment.DEFAULTED).forEach(key -> defaulted.add(key.textValue()));
        ALGORITHM.writeOut(stored); // former keys are no news: nobody can change what is stored
        Map<String, JsonNode> added = new TreeMap<>();
        ADDED.forEach((key, value) -> added.put(key, YAML.valueToTree(value)));
        added.put("training.head-learning-rate", Leaves.at(stored, "training.learning-rate"));
        added.forEach((key, value) -> {
            if (Leaves.at(stored, key).isMissingNode() && Leaves.put(stored, key, value)) {
                defaulted.add(key);
            }
        });
        stored.set(Experiment.DEFAULTED, YAML.valueToTree(defaulted));
        return bind("the stored configuration", stored);
    }

    /**
     * The keys in which two experiments differ, each with both values; keys under the given ones do not count, nor those that
     * {@link Experiment#defaulted} names.
     *
     * @param ignored such as {@code federation.rounds}
     */
    public static List<String> differences(Experiment stored, Experiment now, List<String> ignored) {
        return new Continuation(tree(stored), tree(now), ignored).differences();
    }

    /**
     * The experiment of a run that goes on: what was a default when it began and is one now stays as it was, even if this
     * version has another.
     *
     * @param mayChange the keys, and all under them, that a run may go on with otherwise
     * @throws InvalidInputException naming the other keys that differ, with both values
     */
    public static Experiment continued(Experiment stored, Experiment now, List<String> mayChange) {
        Continuation continuation = new Continuation(tree(stored), tree(now), mayChange);
        List<String> differences = continuation.differences();
        if (!differences.isEmpty()) {
            throw new InvalidInputException(String.join("; ", differences));
        }
        return bind("the stored configuration", continuation.tree());
    }

    private static ObjectNode tree(Experiment experiment) {
        return YAML.valueToTree(experiment);
    }

    /** A part of an experiment, such as a strategy, as YAML. */
    static JsonNode node(Object part) {
        return YAML.valueToTree(part);
    }

    private static Experiment bind(String file, ObjectNode tree) {
        try {
            return YAML.treeToValue(tree, Experiment.class);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + ": " + Mistake.explain(YAML, tree, e), e);
        }
    }

    private Defaults.Filled filled() {
        return Defaults.STANDARD.fill(writtenOut(file, tree), modelTypes, environment);
    }

    private void set(ObjectNode root, String key, JsonNode value) {
        if (Arrays.asList(key.split("\\.", -1)).contains("")) {
            throw new InvalidInputException(
                    "%s: '%s' is no key to set; write one such as method.rank".formatted(file, key));
        }
        Map.Entry<String, JsonNode> now = ALGORITHM.now(key, value);
        if (!now.getKey().equals(key) && Leaves.at(root, key).isMissingNode()) {
            LOG.warn("{}: {} is the former name of a part of {}", file, key, now.getKey());
            set(root, now.getKey(), now.getValue());
            return;
        }
        if (!Leaves.put(root, key, value)) {
            throw new InvalidInputException(
                    "%s: there is no key %s to set, since what stands above it is no mapping of keys"
                            .formatted(file, key));
        }
    }

    private static JsonNode value(String text) {
        try {
            JsonNode value = YAML.readTree(text);
            return value == null || value.isMissingNode() ? TextNode.valueOf("") : value;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("--set: '%s' is not a YAML value".formatted(text), e);
        }
    }

    /** The line where the YAML is wrong, and why; the parser's own place may be an earlier one. */
    private static String syntax(JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            return String.format(
                    Locale.ROOT, "line %d: %s", marked.getProblemMark().getLine() + 1, marked.getProblem());
        }
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return String.format(Locale.ROOT, "line %d: %s", line, Mistake.oneLine(e.getOriginalMessage()));
    }
}
