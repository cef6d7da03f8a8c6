package federa.encoder;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The sizes of an encoder, from the {@code config.json} of a Hugging Face model directory.
 *
 * @param modelType {@code roberta}
 * @param vocabulary number of token ids
 * @param hidden width of the hidden states (H)
 * @param layers number of encoder layers
 * @param heads number of attention heads (N); H is a multiple of it
 * @param feedForward width of the feed-forward layer
 * @param positions rows of the position table, RoBERTa's offset included
 * @param tokenTypes rows of the token type table
 * @param padId the id of the padding token
 * @param layerNormEps added to the variance in every LayerNorm
 * @param hiddenDropout dropout rate of hidden states while training
 * @param attentionDropout dropout rate of attention probabilities while training
 * @param headDropout dropout rate of the classification head while training
 * @param initializerRange standard deviation of freshly drawn weights
 */
public record EncoderConfig(
        String modelType,
        int vocabulary,
        int hidden,
        int layers,
        int heads,
        int feedForward,
        int positions,
        int tokenTypes,
        int padId,
        double layerNormEps,
        double hiddenDropout,
        double attentionDropout,
        double headDropout,
        double initializerRange)
        implements Serializable {

    public EncoderConfig {
        if (!modelType.equals("roberta")) {
            throw new IllegalArgumentException(
                    "model_type is '%s'; this version knows 'roberta' (RoBERTa base, large and alike)"
                            .formatted(modelType));
        }
        if (hidden < 1 || heads < 1 || hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size %d is not a multiple of num_attention_heads %d, both at least 1"
                            .formatted(hidden, heads));
        }
        if (padId < 0 || padId >= vocabulary) {
            throw new IllegalArgumentException(
                    "pad_token_id %d is no id of a vocabulary of vocab_size %d".formatted(padId, vocabulary));
        }
        if (layers < 1 || feedForward < 1 || tokenTypes < 1 || positions <= padId + 1) {
            throw new IllegalArgumentException(
                    ("num_hidden_layers %d, intermediate_size %d, type_vocab_size %d must be at least 1 and"
                                    + " max_position_embeddings %d above pad_token_id + 1")
                            .formatted(layers, feedForward, tokenTypes, positions));
        }
    }

    /** RoBERTa in the published base size, 124.6 million parameters, with vocabulary and dropout as published. */
    public static EncoderConfig robertaBase() {
        return new EncoderConfig("roberta", 50265, 768, 12, 12, 3072, 514, 1, 1, 1e-5, 0.1, 0.1, 0.1, 0.02);
    }

    /** The longest text in tokens, special tokens included: the position table starts after the padding id. */
    public int maxTokens() {
        return positions - padId - 1;
    }

    public int headSize() {
        return hidden / heads;
    }

    /** The same encoder without dropout. */
    public EncoderConfig withoutDropout() {
        return new EncoderConfig(
                modelType,
                vocabulary,
                hidden,
                layers,
                heads,
                feedForward,
                positions,
                tokenTypes,
                padId,
                layerNormEps,
                0,
                0,
                0,
                initializerRange);
    }

    /**
     * Reads {@code config.json} of a model directory.
     *
     * @throws IllegalArgumentException naming the file, and the key that is missing or wrong
     */
    public static EncoderConfig read(Path modelDirectory) {
        Path file = modelDirectory.resolve("config.json");
        JsonObject json;
        try {
            json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "%s has no config.json; a Hugging Face model directory has one".formatted(modelDirectory), e);
        } catch (IOException e) {
            throw new UncheckedIOException("while reading " + file, e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException("%s is not a JSON object: %s".formatted(file, e.getMessage()), e);
        }
        try {
            return of(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static EncoderConfig of(JsonObject json) {
        String activation = text(json, "hidden_act", "gelu");
        if (!activation.equals("gelu")) {
            throw new IllegalArgumentException(
                    "hidden_act '%s' is not supported, only 'gelu' is".formatted(activation));
        }
        double hiddenDropout = number(json, "hidden_dropout_prob", 0.1);
        return new EncoderConfig(
                text(json, "model_type"),
                whole(json, "vocab_size"),
                whole(json, "hidden_size"),
                whole(json, "num_hidden_layers"),
                whole(json, "num_attention_heads"),
                whole(json, "intermediate_size"),
                whole(json, "max_position_embeddings"),
                whole(json, "type_vocab_size", 1),
                whole(json, "pad_token_id", 1),
                number(json, "layer_norm_eps", 1e-5),
                hiddenDropout,
                number(json, "attention_probs_dropout_prob", 0.1),
                number(json, "classifier_dropout", hiddenDropout),
                number(json, "initializer_range", 0.02));
    }

    private static int whole(JsonObject json, String key, int orElse) {
        return has(json, key) ? whole(json, key) : orElse;
    }

    private static int whole(JsonObject json, String key) {
        JsonElement value = required(json, key);
        if (isNumber(value)) {
            try {
                return value.getAsBigDecimal().intValueExact();
            } catch (ArithmeticException e) {
                throw wrongType(key, "a whole number", value, e);
            }
        }
        throw wrongType(key, "a whole number", value, null);
    }

    private static double number(JsonObject json, String key, double orElse) {
        if (!has(json, key)) {
            return orElse;
        }
        JsonElement value = json.get(key);
        if (isNumber(value)) {
            return value.getAsDouble();
        }
        throw wrongType(key, "a number", value, null);
    }

    private static String text(JsonObject json, String key, String orElse) {
        return has(json, key) ? text(json, key) : orElse;
    }

    private static String text(JsonObject json, String key) {
        JsonElement value = required(json, key);
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()) {
            return value.getAsString();
        }
        throw wrongType(key, "a text", value, null);
    }

    private static JsonElement required(JsonObject json, String key) {
        if (!has(json, key)) {
            throw new IllegalArgumentException("the key '%s' is missing".formatted(key));
        }
        return json.get(key);
    }

    private static boolean has(JsonObject json, String key) {
        JsonElement value = json.get(key);
        return value != null && !value.isJsonNull();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }

    private static IllegalArgumentException wrongType(String key, String wanted, JsonElement got, Exception cause) {
        return new IllegalArgumentException("the key '%s' must be %s, got %s".formatted(key, wanted, got), cause);
    }
}
