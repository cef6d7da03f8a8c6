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
        if (heads < 1 || hidden % heads != 0) {
            throw new IllegalArgumentException(
                    "hidden_size %d is not a multiple of num_attention_heads %d".formatted(hidden, heads));
        }
        if (vocabulary < 1 || layers < 1 || feedForward < 1 || tokenTypes < 1 || positions <= padId + 1) {
            throw new IllegalArgumentException(
                    ("vocab_size %d, num_hidden_layers %d, intermediate_size %d, type_vocab_size %d must be at least 1 and"
                                    + " max_position_embeddings %d above pad_token_id + 1")
                            .formatted(vocabulary, layers, feedForward, tokenTypes, positions));
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
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static EncoderConfig of(JsonObject json) {
        String activation = optional(json, "hidden_act", "gelu").getAsString();
        if (!activation.equals("gelu")) {
            throw new IllegalArgumentException(
                    "hidden_act '%s' is not supported, only 'gelu' is".formatted(activation));
        }
        double hiddenDropout = optional(json, "hidden_dropout_prob", 0.1).getAsDouble();
        return new EncoderConfig(
                required(json, "model_type").getAsString(),
                required(json, "vocab_size").getAsInt(),
                required(json, "hidden_size").getAsInt(),
                required(json, "num_hidden_layers").getAsInt(),
                required(json, "num_attention_heads").getAsInt(),
                required(json, "intermediate_size").getAsInt(),
                required(json, "max_position_embeddings").getAsInt(),
                optional(json, "type_vocab_size", 1).getAsInt(),
                optional(json, "pad_token_id", 1).getAsInt(),
                optional(json, "layer_norm_eps", 1e-5).getAsDouble(),
                hiddenDropout,
                optional(json, "attention_probs_dropout_prob", 0.1).getAsDouble(),
                optional(json, "classifier_dropout", hiddenDropout).getAsDouble(),
                optional(json, "initializer_range", 0.02).getAsDouble());
    }

    private static JsonElement required(JsonObject json, String key) {
        JsonElement value = json.get(key);
        if (value == null || value.isJsonNull()) {
            throw new IllegalArgumentException("the key '%s' is missing".formatted(key));
        }
        return value;
    }

    private static JsonElement optional(JsonObject json, String key, Object orElse) {
        JsonElement value = json.get(key);
        if (value != null && !value.isJsonNull()) {
            return value;
        }
        return orElse instanceof Number number
                ? new com.google.gson.JsonPrimitive(number)
                : new com.google.gson.JsonPrimitive(orElse.toString());
    }
}
