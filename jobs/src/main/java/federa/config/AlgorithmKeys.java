package federa.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The three keys of {@code federation} that make a federated algorithm, {@code client}, {@code aggregator} and {@code
 * strategy}, as people write them: as a name alone, with settings, or by the keys that they had before.
 */
final class AlgorithmKeys {

    private static final String PUBLISHED = "published";

    private static final String MU = "training.proximal";
    private static final String WEIGHTING = "federation.weighting";

    /** The three keys, each with what FeDeRA as published has there. */
    private static final Map<String, String> OF_FEDAVG = ofFedAvg();

    private final ObjectMapper mapper;

    AlgorithmKeys(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    private static Map<String, String> ofFedAvg() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("client", "plain");
        kinds.put("aggregator", "mean");
        kinds.put("strategy", "fedavg");
        return kinds;
    }

    /**
     * Writes those of the three keys that an experiment has as mappings with a {@code kind}.
     *
     * @return former keys that it had, each with what to write now
     * @throws InvalidInputException if a former key and the one in its place are both there
     */
    List<String> writeOut(ObjectNode experiment) {
        List<String> former = new ArrayList<>();
        for (String key : List.of(MU, WEIGHTING)) {
            take(experiment, key).ifPresent(value -> {
                Map.Entry<String, JsonNode> now = now(key, value);
                if (!Leaves.at(experiment, now.getKey()).isMissingNode()) {
                    throw new InvalidInputException(
                            "%s is the former name of a part of %s; remove it, since both are there"
                                    .formatted(key, now.getKey()));
                }
                Leaves.put(experiment, now.getKey(), now.getValue());
                former.add("%s is now written %s: %s".formatted(key, now.getKey(), flow(now.getValue())));
            });
        }
        if (experiment.get("federation") instanceof ObjectNode federation) {
            OF_FEDAVG.keySet().forEach(key -> {
                if (federation.path(key).isTextual() && !isPublished(federation)) {
                    federation.set(key, kind(federation.get(key).textValue()));
                }
            });
            publish(federation);
        }
        return former;
    }

    /** Where the value of a former key goes, as key and value; the key and value themselves if it is none. */
    Map.Entry<String, JsonNode> now(String key, JsonNode value) {
        return switch (key) {
            case MU -> {
                boolean off = value.isNumber() && value.doubleValue() == 0;
                yield Map.entry(
                        "federation.client",
                        off ? kind("plain") : kind("fedprox").set("mu", value));
            }
            case WEIGHTING -> Map.entry("federation.aggregator", kind("mean").set("weighting", value));
            default -> Map.entry(key, value);
        };
    }

    private ObjectNode kind(String name) {
        return mapper.createObjectNode().put("kind", name);
    }

    private static Optional<JsonNode> take(ObjectNode experiment, String key) {
        int dot = key.indexOf('.');
        return experiment.get(key.substring(0, dot)) instanceof ObjectNode part
                ? Optional.ofNullable(part.remove(key.substring(dot + 1)))
                : Optional.empty();
    }

    private static boolean isPublished(ObjectNode federation) {
        return federation.path("strategy").asText().equals(PUBLISHED);
    }

    /** {@code strategy: published} is a name for all three keys. */
    private void publish(ObjectNode federation) {
        if (!isPublished(federation)) {
            return;
        }
        OF_FEDAVG.forEach((key, kind) -> {
            JsonNode given = federation.get(key);
            boolean same = given == null
                    || key.equals("strategy")
                    || given.asText().equals(kind)
                    || given.path("kind").asText().equals(kind);
            if (!same) {
                throw new InvalidInputException(
                        "federation.strategy is published, which is FedAvg with federation.%s: %s, got %s; write strategy: fedavg"
                                .formatted(key, kind, flow(given)));
            }
            if (given == null || given.isTextual()) {
                federation.set(key, kind(kind));
            }
        });
    }

    private static String flow(JsonNode value) {
        if (!(value instanceof ObjectNode mapping)) {
            return value.asText();
        }
        Map<String, String> settings = new LinkedHashMap<>();
        mapping.fields()
                .forEachRemaining(setting ->
                        settings.put(setting.getKey(), setting.getValue().asText()));
        return settings.toString().replace("=", ": ");
    }
}
