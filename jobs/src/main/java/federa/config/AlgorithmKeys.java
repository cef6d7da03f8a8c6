package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import federa.federated.Aggregator;
import federa.federated.Strategy;
import federa.train.LocalAlgorithm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The three keys of {@code federation} that make a federated algorithm, {@code client}, {@code aggregator} and {@code
 * strategy}, as people write them: left out, as a name alone, with some of the settings, or by the keys that they had before.
 * What is missing of a choice is what its paper has.
 */
final class AlgorithmKeys {

    private static final String PUBLISHED = "published";

    private static final String MU = "training.proximal";
    private static final String WEIGHTING = "federation.weighting";

    /** The keys and what they choose. The choice of a key that is left out is FedAvg's. */
    private enum Choice {
        CLIENT(LocalAlgorithm.class, "plain"),
        AGGREGATOR(Aggregator.class, "mean"),
        STRATEGY(Strategy.class, "fedavg");

        private final Class<?> category;
        private final String ofFedAvg;

        Choice(Class<?> category, String ofFedAvg) {
            this.category = category;
            this.ofFedAvg = ofFedAvg;
        }

        String key() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final ObjectMapper mapper;

    AlgorithmKeys(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Puts what the keys of before said into the keys in their place, and {@code published} as what it stands for.
     *
     * @return the former keys that there were, each with what to write now
     * @throws IllegalArgumentException if a former key and the one in its place are both there
     */
    List<String> replaceFormer(ObjectNode experiment) {
        List<String> former = new ArrayList<>();
        for (String key : List.of(MU, WEIGHTING)) {
            take(experiment, key).ifPresent(value -> {
                Map.Entry<String, JsonNode> now = now(key, value);
                if (!Leaves.at(experiment, now.getKey()).isMissingNode()) {
                    throw new IllegalArgumentException(
                            "%s is the former name of a part of %s; remove it, since both are there"
                                    .formatted(key, now.getKey()));
                }
                Leaves.put(experiment, now.getKey(), now.getValue());
                former.add("%s is now written %s: %s".formatted(key, now.getKey(), flow(now.getValue())));
            });
        }
        if (experiment.get("federation") instanceof ObjectNode federation) {
            requirePublished(federation);
        }
        return former;
    }

    /**
     * Writes the three keys out in an experiment.
     *
     * @return the dotted keys that the experiment did not have, and has now as FedAvg or a paper has them
     */
    Set<String> writeOut(ObjectNode experiment) {
        Set<String> filled = new TreeSet<>();
        if (!experiment.has("federation")) {
            experiment.putObject("federation");
        }
        if (!(experiment.get("federation") instanceof ObjectNode federation)) {
            return filled;
        }
        for (Choice choice : Choice.values()) {
            JsonNode given = federation.get(choice.key());
            JsonNode value = given == null ? TextNode.valueOf(choice.ofFedAvg) : given;
            JsonNode whole = writtenOut(choice, value);
            federation.set(choice.key(), whole);
            whole.fieldNames().forEachRemaining(setting -> {
                boolean named = given != null && given.isTextual() && setting.equals("kind");
                if (!named && (given == null || !given.has(setting))) {
                    filled.add("federation.%s.%s".formatted(choice.key(), setting));
                }
            });
        }
        return filled;
    }

    /** Where the value of a former key goes, as key and value; the key and value themselves if it is none. */
    Map.Entry<String, JsonNode> now(String key, JsonNode value) {
        ObjectNode choice = mapper.createObjectNode();
        return switch (key) {
            case MU -> {
                boolean off = value.isNumber() && value.doubleValue() == 0;
                yield Map.entry(
                        "federation.client",
                        off ? choice.put("kind", "plain") : choice.put("kind", "fedprox").set("mu", value));
            }
            case WEIGHTING -> Map.entry("federation.aggregator", choice.put("kind", "mean").set("weighting", value));
            default -> Map.entry(key, value);
        };
    }

    private static Optional<JsonNode> take(ObjectNode experiment, String key) {
        int dot = key.indexOf('.');
        return experiment.get(key.substring(0, dot)) instanceof ObjectNode part
                ? Optional.ofNullable(part.remove(key.substring(dot + 1)))
                : Optional.empty();
    }

    /** {@code published} is a name for all three keys. */
    private void requirePublished(ObjectNode federation) {
        JsonNode strategy = federation.get("strategy");
        if (strategy == null || !strategy.asText().equals(PUBLISHED)) {
            return;
        }
        for (Choice choice : Choice.values()) {
            JsonNode published = writtenOut(choice, TextNode.valueOf(choice.ofFedAvg));
            JsonNode given = federation.get(choice.key());
            if (choice != Choice.STRATEGY && given != null && !writtenOut(choice, given).equals(published)) {
                throw new IllegalArgumentException(
                        "federation.strategy is published, which is FedAvg with federation.%s: %s, got %s; write strategy: fedavg"
                                .formatted(choice.key(), flow(published), flow(given)));
            }
        }
        federation.put("strategy", Choice.STRATEGY.ofFedAvg);
    }

    private JsonNode writtenOut(Choice choice, JsonNode value) {
        JsonNode whole =
                value.isTextual() ? mapper.createObjectNode().put("kind", value.textValue()) : value.deepCopy();
        if (whole instanceof ObjectNode settings && !settings.has("kind")) {
            settings.put("kind", choice.ofFedAvg);
        }
        if (whole instanceof ObjectNode settings && settings.path("kind").isTextual()) {
            ofPaper(choice.category, settings.get("kind").textValue())
                    .ifPresent(all -> all.fields()
                            .forEachRemaining(setting -> settings.putIfAbsent(setting.getKey(), setting.getValue())));
        }
        return whole;
    }

    /** The settings of a choice as its paper has them: those of its constructor without parameters, if there is one. */
    private Optional<ObjectNode> ofPaper(Class<?> category, String kind) {
        return Binding.type(category, kind).flatMap(type -> {
            try {
                return Optional.of(mapper.valueToTree(type.getConstructor().newInstance()));
            } catch (NoSuchMethodException e) {
                return Optional.empty();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("the settings of %s as published are not valid".formatted(kind), e);
            }
        });
    }

    private static String flow(JsonNode value) {
        if (!(value instanceof ObjectNode mapping)) {
            return value.asText();
        }
        Map<String, String> settings = new LinkedHashMap<>();
        mapping.fields().forEachRemaining(setting -> settings.put(
                setting.getKey(), setting.getValue().asText()));
        return settings.toString().replace("=", ": ");
    }
}
