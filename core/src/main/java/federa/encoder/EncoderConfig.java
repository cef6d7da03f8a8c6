package federa.encoder;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;

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
        if (vocabulary < 1 || hidden < 1 || layers < 1 || feedForward < 1 || tokenTypes < 1 || positions <= padId + 1) {
            throw new IllegalArgumentException(
                    ("vocab_size %d, hidden_size %d, num_hidden_layers %d, intermediate_size %d, type_vocab_size %d must be at least 1 and"
                                    + " max_position_embeddings %d above pad_token_id + 1")
                            .formatted(vocabulary, hidden, layers, feedForward, tokenTypes, positions));
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

    /**
     * Checks a longest text length against the positions.
     *
     * @throws IllegalArgumentException if the model has no positions for it
     */
    public void requirePositions(int tokens) {
        if (tokens > maxTokens()) {
            throw new IllegalArgumentException(
                    "data.max-tokens is %d, but the model has positions for %d tokens; set it to %d or less"
                            .formatted(tokens, maxTokens(), maxTokens()));
        }
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
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("%s is not text in UTF-8; fetch it again".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("while reading " + file, e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(
                    "%s is not a JSON object: %s; fetch it again".formatted(file, e.getMessage()), e);
        }
        try {
            return of(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static EncoderConfig of(JsonObject json) {
        String activation = value(json, "hidden_act", "gelu", JsonElement::getAsString);
        if (!activation.equals("gelu")) {
            throw new IllegalArgumentException(
                    "hidden_act '%s' is not supported, only 'gelu' is".formatted(activation));
        }
        double hiddenDropout = value(json, "hidden_dropout_prob", 0.1, JsonElement::getAsDouble);
        return new EncoderConfig(
                value(json, "model_type", null, JsonElement::getAsString),
                value(json, "vocab_size", null, JsonElement::getAsInt),
                value(json, "hidden_size", null, JsonElement::getAsInt),
                value(json, "num_hidden_layers", null, JsonElement::getAsInt),
                value(json, "num_attention_heads", null, JsonElement::getAsInt),
                value(json, "intermediate_size", null, JsonElement::getAsInt),
                value(json, "max_position_embeddings", null, JsonElement::getAsInt),
                value(json, "type_vocab_size", 1, JsonElement::getAsInt),
                value(json, "pad_token_id", 1, JsonElement::getAsInt),
                value(json, "layer_norm_eps", 1e-5, JsonElement::getAsDouble),
                hiddenDropout,
                value(json, "attention_probs_dropout_prob", 0.1, JsonElement::getAsDouble),
                value(json, "classifier_dropout", hiddenDropout, JsonElement::getAsDouble),
                value(json, "initializer_range", 0.02, JsonElement::getAsDouble));
    }

    /** The value of a key; of one that is absent or null the default, null for a key that must be there. */
    private static <T> T value(JsonObject json, String key, T orElse, Function<JsonElement, T> as) {
        JsonElement value = json.get(key);
        if (value == null || value.isJsonNull()) {
            if (orElse == null) {
                throw new IllegalArgumentException("the key '%s' is missing".formatted(key));
            }
            return orElse;
        }
        try {
            return as.apply(value);
        } catch (NumberFormatException | UnsupportedOperationException | IllegalStateException e) {
            throw new IllegalArgumentException("%s cannot be %s".formatted(key, value), e);
        }
    }
}
