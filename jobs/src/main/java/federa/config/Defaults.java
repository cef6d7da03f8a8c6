package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import federa.federated.Aggregator;
import federa.federated.Strategy;
import federa.spi.Choice;
import federa.train.LocalAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The values of keys that an experiment's file leaves out: the rules of the resource {@code defaults.yaml}, which says how
 * they are read.
 */
public final class Defaults {

    /** Stands in a rule's condition for the {@code model_type} of the base model. */
    static final String MODEL_TYPE = "model-type";

    public static final Defaults STANDARD = new Defaults(Resource.text("defaults.yaml"));

    private final List<Rule> rules = new ArrayList<>();

    /**
     * One rule.
     *
     * @param when the values that a key must have one of, by key
     * @param then the values or expressions, by key
     */
    private record Rule(Map<String, List<String>> when, Map<String, JsonNode> then) {

        boolean mayApply(Map<String, String> known) {
            return when.entrySet().stream()
                    .allMatch(condition -> !known.containsKey(condition.getKey())
                            || condition.getValue().contains(known.get(condition.getKey())));
        }
    }

    private Defaults(String yaml) {
        for (JsonNode rule : ExperimentFile.tree("defaults.yaml", yaml)) {
            Map<String, List<String>> when = new TreeMap<>();
            rule.path("when").fields().forEachRemaining(condition -> {
                List<String> values = new ArrayList<>();
                if (condition.getValue().isArray()) {
                    condition.getValue().forEach(value -> values.add(value.asText()));
                } else {
                    values.add(condition.getValue().asText());
                }
                when.put(condition.getKey(), values);
            });
            rules.add(new Rule(when, Leaves.nodes(rule.path("then"), Expression::isOne)));
        }
        addPublished("federation.client", LocalAlgorithm.class);
        addPublished("federation.aggregator", Aggregator.class);
        addPublished("federation.strategy", Strategy.class);
    }

    /** The settings of each choice as its paper has them: those of its constructor without parameters, if there is one. */
    private void addPublished(String key, Class<?> category) {
        for (Choice<?> choice : Binding.CHOICES.of(category)) {
            published(choice).ifPresent(settings -> {
                Map<String, JsonNode> then = new TreeMap<>();
                settings.fields().forEachRemaining(setting -> then.put(key + "." + setting.getKey(), setting.getValue()));
                then.remove(key + ".kind");
                rules.add(new Rule(Map.of(key + ".kind", List.of(choice.name())), then));
            });
        }
    }

    private static Optional<JsonNode> published(Choice<?> choice) {
        try {
            return Optional.of(
                    ExperimentFile.node(choice.type().getConstructor().newInstance()));
        } catch (NoSuchMethodException e) {
            return Optional.empty(); // it has a setting for which no value is right for everybody
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the settings of %s as published are not valid".formatted(choice.name()), e);
        }
    }

    /**
     * The default of a key in words: each value with what it depends on.
     *
     * @param known values of keys that are settled already, such as {@code task.kind}
     * @return nothing if the key has none
     */
    public Optional<String> inWords(String key, Map<String, String> known) {
        List<String> values = new ArrayList<>();
        for (Rule rule : rules) {
            if (rule.then().containsKey(key) && rule.mayApply(known)) {
                String when = rule.when().entrySet().stream()
                        .filter(condition ->
                                !known.containsKey(condition.getKey()) && !isChoiceOf(key, condition.getKey()))
                        .map(condition -> condition.getKey() + " " + String.join(" or ", condition.getValue()))
                        .collect(Collectors.joining(" and "));
                String value = Expression.inWords(rule.then().get(key));
                values.add(when.isEmpty() ? value : "%s with %s".formatted(value, when));
            }
        }
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(values.stream().distinct().collect(Collectors.joining("; ")));
    }

    /** True if the key has the same default whatever the other keys are, but for those of its own choice. */
    public boolean isFixed(String key, Map<String, String> known) {
        List<Rule> setting = rules.stream()
                .filter(rule -> rule.then().containsKey(key) && rule.mayApply(known))
                .toList();
        return setting.stream().map(rule -> rule.then().get(key)).distinct().count() == 1
                && setting.stream()
                        .allMatch(rule -> !Expression.isOne(rule.then().get(key))
                                && rule.when().keySet().stream()
                                        .allMatch(condition -> known.containsKey(condition)
                                                || isChoiceOf(key, condition)));
    }

    /** True for {@code method.kind} and {@code method.rank}: there is no such key without the choice. */
    private static boolean isChoiceOf(String key, String condition) {
        String part = key.substring(0, key.lastIndexOf('.') + 1);
        return condition.equals(part + "kind") || condition.equals(part + "format");
    }

    /**
     * A copy of an experiment with values for all keys that it lacks and that there are defaults for.
     *
     * @param modelType of the base model that the experiment names, asked for at most once
     * @param environment looks up a variable, null if it is not set
     */
    Filled fill(ObjectNode given, ModelTypes modelType, UnaryOperator<String> environment) {
        Filled filled = new Filled(given.deepCopy(), new TreeSet<>(), modelType);
        for (Rule rule : rules) {
            if (filled.meets(rule.when())) {
                rule.then().forEach((key, value) -> filled.put(key, value));
            }
        }
        filled.expand(environment);
        return filled;
    }

    /** An experiment while its defaults are filled in, and afterwards. */
    static final class Filled {

        private final ObjectNode tree;
        private final SortedSet<String> defaulted;
        private final ModelTypes modelTypes;
        private Optional<String> modelType;

        private Filled(ObjectNode tree, SortedSet<String> defaulted, ModelTypes modelTypes) {
            this.tree = tree;
            this.defaulted = defaulted;
            this.modelTypes = modelTypes;
        }

        /** The experiment with its defaults. */
        ObjectNode tree() {
            return tree;
        }

        /** The keys that have a default's value. */
        SortedSet<String> defaulted() {
            return defaulted;
        }

        private boolean meets(Map<String, List<String>> conditions) {
            return conditions.entrySet().stream()
                    .allMatch(condition -> condition.getKey().equals(MODEL_TYPE)
                            ? modelType().filter(condition.getValue()::contains).isPresent()
                            : condition
                                    .getValue()
                                    .contains(Leaves.at(tree, condition.getKey()).asText()));
        }

        private Optional<String> modelType() {
            if (modelType == null) {
                modelType = modelTypes.of(
                        Leaves.at(tree, "model.name").asText(),
                        Leaves.at(tree, "model.source").asText());
            }
            return modelType;
        }

        private void put(String key, JsonNode rule) {
            Optional<JsonNode> value = Expression.value(rule, tree);
            boolean free = Leaves.at(tree, key).isMissingNode() || defaulted.contains(key);
            if (value.isPresent() && free && Leaves.put(tree, key, value.get())) {
                defaulted.add(key);
            }
        }

        private void expand(UnaryOperator<String> environment) {
            for (String key : defaulted) {
                if (Leaves.at(tree, key) instanceof TextNode text) {
                    Leaves.put(tree, key, TextNode.valueOf(Variables.expand("the default", text.textValue(), key, environment)));
                }
            }
        }
    }
}
