package federa.encoder;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import federa.spi.InvalidInputException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The keys of a {@code config.json}, typed; an error names the key. */
public final class ConfigJson {

    private final JsonObject json;

    ConfigJson(JsonObject json) {
        this.json = json;
    }

    /** What the family of the {@code model_type} makes of it. */
    EncoderConfig toConfig() {
        EncoderFamily family = EncoderFamilies.of(text("model_type"));
        if (has("quantization_config")) {
            throw new InvalidInputException(
                    "quantization_config is set, but quantized weights cannot be read; use the model's float weights");
        }
        requireSize("embedding_size", whole("hidden_size"));
        return family.config(this);
    }

    /**
     * A configuration with the sizes that all families have under the same keys.
     *
     * @param layerNormEps where {@code layer_norm_eps} is left out
     */
    public EncoderConfig config(
            int tokenTypes, RelativePositions relative, int padId, double layerNormEps, DropoutRates dropout) {
        if (has("attention_head_size")) {
            requireSize("attention_head_size", whole("hidden_size") / Math.max(1, whole("num_attention_heads")));
        }
        if (isNull("hidden_act")) {
            throw new InvalidInputException("hidden_act is null; name the activation that the model was trained with");
        }
        return new EncoderConfig(
                text("model_type"),
                whole("vocab_size"),
                whole("hidden_size"),
                whole("num_hidden_layers"),
                whole("num_attention_heads"),
                whole("intermediate_size"),
                whole("max_position_embeddings"),
                tokenTypes,
                relative,
                padId,
                number("layer_norm_eps", layerNormEps),
                HiddenActivation.of("hidden_act", has("hidden_act") ? text("hidden_act") : "gelu"),
                dropout,
                number("initializer_range", 0.02));
    }

    /** The rows of the token type table of a family that has one. */
    public int tokenTypes() {
        int types = whole("type_vocab_size", 2);
        if (types < 1) {
            throw new InvalidInputException("type_vocab_size %d must be at least 1".formatted(types));
        }
        return types;
    }

    /**
     * The dropout rates.
     *
     * @param headKey of the classifier's rate, which is that of the hidden states where it is left out
     */
    public DropoutRates dropout(String headKey) {
        double hidden = rate("hidden_dropout_prob", 0.1);
        return new DropoutRates(
                hidden, rate("attention_probs_dropout_prob", 0.1), rate(headKey, hidden), rate("pooler_dropout", 0));
    }

    private double rate(String key, double orElse) {
        double rate = number(key, orElse);
        if (rate < 0 || rate >= 1) {
            throw new InvalidInputException("%s %s must be 0 or more and below 1".formatted(key, rate));
        }
        return rate;
    }

    /** Checks that the encoder sees a text whole, and attends to it by absolute positions alone. */
    public void requireOrdinaryAttention() {
        require("position_embedding_type", "absolute", "absolute");
        require("is_decoder", "false", "false");
        require("add_cross_attention", "false", "false");
        require("pruned_heads", "{}", "{}");
    }

    /**
     * Checks that a key has the one value that is supported.
     *
     * @param leftOut what it means to transformers if it is left out
     */
    public void require(String key, String value, String leftOut) {
        if (has(key) && !plain(json.get(key)).equals(value)) {
            throw new InvalidInputException(
                    "%s '%s' is not supported, only '%s' is".formatted(key, plain(json.get(key)), value));
        }
        if (!has(key) && !leftOut.equals(value)) {
            throw new InvalidInputException("%s is left out, which means '%s'; that is not supported, only '%s' is"
                    .formatted(key, leftOut, value));
        }
    }

    /** Checks that a size is the one that it is where it is left out. */
    public void requireSize(String key, int size) {
        if (has(key) && whole(key) != size) {
            throw new InvalidInputException(
                    "%s %d is not supported, only %d is, which it is in a model of this size when it is left out"
                            .formatted(key, whole(key), size));
        }
    }

    /** Names, written as a list or with {@code |} between them; none if the key is left out. */
    public Set<String> names(String key) {
        if (!has(key)) {
            return Set.of();
        }
        JsonElement names = json.get(key);
        if (names.isJsonArray()) {
            return names.getAsJsonArray().asList().stream()
                    .map(ConfigJson::plain)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        return new TreeSet<>(Arrays.asList(text(key).split("\\|")));
    }

    /** A string without its quotes, anything else as it is written. */
    private static String plain(JsonElement value) {
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    /** A whole number, or this one if the key is left out. */
    public int whole(String key, int orElse) {
        return has(key) ? whole(key) : orElse;
    }

    /** A whole number that must be there. */
    public int whole(String key) {
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

    /** A number, or this one if the key is left out. */
    public double number(String key, double orElse) {
        if (!has(key)) {
            return orElse;
        }
        JsonElement value = json.get(key);
        if (isNumber(value) && Double.isFinite(value.getAsDouble())) { // 1e400 is a number to JSON
            return value.getAsDouble();
        }
        throw wrongType(key, "a number", value, null);
    }

    /** A text that must be there. */
    public String text(String key) {
        JsonElement value = required(key);
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) {
            return value.getAsString();
        }
        throw wrongType(key, "a text", value, null);
    }

    /** Whether the key is there without a value. */
    public boolean isNull(String key) {
        return json.has(key) && json.get(key).isJsonNull();
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
