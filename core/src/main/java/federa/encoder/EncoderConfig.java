package federa.encoder;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The sizes of an encoder, from the {@code config.json} of a Hugging Face model directory.
 *
 * @param architecture from {@code model_type}
 * @param vocabulary number of token ids
 * @param hidden width of the hidden states (H)
 * @param layers number of encoder layers
 * @param heads number of attention heads (N); H is a multiple of it
 * @param feedForward width of the feed-forward layer
 * @param positions rows of the position table, RoBERTa's offset included; for DeBERTa, which has none, the longest text
 * @param tokenTypes rows of the token type table; 0 for DeBERTa
 * @param relative DeBERTa's relative positions; null for an architecture with absolute ones
 * @param padId the id of the padding token
 * @param layerNormEps added to the variance in every LayerNorm
 * @param dropout rates while training
 * @param initializerRange standard deviation of freshly drawn weights
 */
public record EncoderConfig(
        Architecture architecture,
        int vocabulary,
        int hidden,
        int layers,
        int heads,
        int feedForward,
        int positions,
        int tokenTypes,
        RelativePositions relative,
        int padId,
        double layerNormEps,
        DropoutRates dropout,
        double initializerRange)
        implements Serializable {

    public EncoderConfig {
        if (hidden < 1 || heads < 1 || hidden % heads != 0) {
            throw new InvalidInputException(
                    "hidden_size %d is not a multiple of num_attention_heads %d, both at least 1"
                            .formatted(hidden, heads));
        }
        if (padId < 0 || padId >= vocabulary) {
            throw new InvalidInputException(
                    "pad_token_id %d is no id of a vocabulary of vocab_size %d".formatted(padId, vocabulary));
        }
        if (layers < 1 || feedForward < 1 || positions <= padId + 1) {
            throw new InvalidInputException(
                    ("num_hidden_layers %d and intermediate_size %d must be at least 1 and max_position_embeddings %d"
                                    + " above pad_token_id + 1")
                            .formatted(layers, feedForward, positions));
        }
        if (relative == null && tokenTypes < 1) {
            throw new InvalidInputException("type_vocab_size %d must be at least 1".formatted(tokenTypes));
        }
    }

    /** RoBERTa in the published base size, 124.1 million parameters without its unused pooler. */
    public static EncoderConfig robertaBase() {
        return new EncoderConfig(
                Architecture.ROBERTA, 50265, 768, 12, 12, 3072, 514, 1, null, 1, 1e-5, DropoutRates.of(0.1), 0.02);
    }

    /** DeBERTaV3 in the published base size, 183.8 million parameters. */
    public static EncoderConfig debertaV3Base() {
        return new EncoderConfig(
                Architecture.DEBERTA_V2,
                128100,
                768,
                12,
                12,
                3072,
                512,
                0,
                new RelativePositions(256, 512),
                0,
                1e-7,
                new DropoutRates(0.1, 0.1, 0.1, 0),
                0.02);
    }

    /** The longest text in tokens, special tokens included: RoBERTa's position table starts after the padding id. */
    public int maxTokens() {
        return relative == null ? positions - padId - 1 : positions;
    }

    /**
     * Checks a longest text length against the positions.
     *
     * @throws InvalidInputException if the model has no positions for it
     */
    public void requirePositions(int tokens) {
        if (tokens > maxTokens()) {
            throw new InvalidInputException(
                    "data.max-tokens is %d, but the model has positions for %d tokens; set it to %d or less"
                            .formatted(tokens, maxTokens(), maxTokens()));
        }
    }

    public int headSize() {
        return hidden / heads;
    }

    /**
     * Reads {@code config.json} of a model directory.
     *
     * @throws InvalidInputException naming the file, and the key that is missing or wrong
     */
    public static EncoderConfig read(Path modelDirectory) {
        Path file = modelDirectory.resolve("config.json");
        JsonObject json;
        try {
            json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(
                    "%s has no config.json; a Hugging Face model directory has one".formatted(modelDirectory), e);
        } catch (CharacterCodingException e) {
            throw new InvalidInputException("%s is not text in UTF-8; fetch it again".formatted(file), e);
        } catch (IOException e) {
            throw new UncheckedIOException("while reading " + file, e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new InvalidInputException(
                    "%s is not a JSON object: %s; fetch it again".formatted(file, e.getMessage()), e);
        }
        try {
            return new ConfigJson(json).toConfig();
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
