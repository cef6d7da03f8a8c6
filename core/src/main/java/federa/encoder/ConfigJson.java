package federa.encoder;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The keys of a {@code config.json}, typed; an error names the key. */
final class ConfigJson {

    private final JsonObject json;

    ConfigJson(JsonObject json) {
        this.json = json;
    }

    EncoderConfig toConfig() {
        requireValue("hidden_act", "gelu");
        Architecture architecture = Architecture.of(text("model_type"));
        boolean relative = architecture == Architecture.DEBERTA_V2;
        if (relative) {
            requireDebertaV3();
        }
        double hidden = number("hidden_dropout_prob", 0.1);
        return new EncoderConfig(
                architecture,
                whole("vocab_size"),
                whole("hidden_size"),
                whole("num_hidden_layers"),
                whole("num_attention_heads"),
                whole("intermediate_size"),
                whole("max_position_embeddings"),
                relative ? 0 : whole("type_vocab_size", 1),
                relative ? positions() : null,
                whole("pad_token_id", relative ? 0 : 1),
                number("layer_norm_eps", relative ? 1e-7 : 1e-5),
                new DropoutRates(
                        hidden,
                        number("attention_probs_dropout_prob", 0.1),
                        number(relative ? "cls_dropout" : "classifier_dropout", hidden),
                        number("pooler_dropout", 0)),
                number("initializer_range", 0.02));
    }

    /** What the published DeBERTaV3 checkpoints have in common; other variants of DeBERTa-v2 compute something else. */
    private void requireDebertaV3() {
        requireValue("relative_attention", "true");
        requireValue("share_att_key", "true");
        requireValue("position_biased_input", "false");
        requireValue("norm_rel_ebd", "layer_norm");
        requireValue("pooler_hidden_act", "gelu");
        if (whole("type_vocab_size", 0) != 0) {
            throw new InvalidInputException(
                    "type_vocab_size must be 0, as in DeBERTaV3, got " + json.get("type_vocab_size"));
        }
        Set<String> terms = positionTerms();
        if (!terms.equals(Set.of("c2p", "p2c"))) {
            throw new InvalidInputException("pos_att_type must be p2c|c2p, as in DeBERTaV3, got " + terms);
        }
    }

    /** Published configurations write {@code p2c|c2p}, newer libraries a list. */
    private Set<String> positionTerms() {
        JsonElement terms = required("pos_att_type");
        if (terms.isJsonArray()) {
            return terms.getAsJsonArray().asList().stream()
                    .map(ConfigJson::plain)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        return new TreeSet<>(Arrays.asList(text("pos_att_type").split("\\|")));
    }

    private RelativePositions positions() {
        int farthest = whole("max_relative_positions", -1);
        return new RelativePositions(
                whole("position_buckets"), farthest < 1 ? whole("max_position_embeddings") : farthest);
    }

    /** A key that is there must have this value; left out, it means this value. */
    private void requireValue(String key, String value) {
        if (has(key) && !plain(json.get(key)).equals(value)) {
            throw new InvalidInputException(
                    "%s '%s' is not supported, only '%s' is".formatted(key, plain(json.get(key)), value));
        }
    }

    /** A string without its quotes, anything else as it is written. */
    private static String plain(JsonElement value) {
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    private int whole(String key, int orElse) {
        return has(key) ? whole(key) : orElse;
    }

    private int whole(String key) {
        JsonElement value = required(key);
        if (isNumber(value)) {
            try {
                return value.getAsBigDecimal().intValueExact();
            } catch (ArithmeticException e) {
                throw wrongType(key, "a whole number", value, e);
            }
        }
        throw wrongType(key, "a whole number", value, null);
    }

    private double number(String key, double orElse) {
        if (!has(key)) {
            return orElse;
        }
        JsonElement value = json.get(key);
        if (isNumber(value)) {
            return value.getAsDouble();
        }
        throw wrongType(key, "a number", value, null);
    }

    private String text(String key) {
        JsonElement value = required(key);
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) {
            return value.getAsString();
        }
        throw wrongType(key, "a text", value, null);
    }

    private JsonElement required(String key) {
        if (!has(key)) {
            throw new InvalidInputException("the key '%s' is missing".formatted(key));
        }
        return json.get(key);
    }

    private boolean has(String key) {
        JsonElement value = json.get(key);
        return value != null && !value.isJsonNull();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }

    private static InvalidInputException wrongType(String key, String wanted, JsonElement got, Exception cause) {
        return new InvalidInputException("the key '%s' must be %s, got %s".formatted(key, wanted, got), cause);
    }
}
