package federa.encoder;

import com.google.gson.JsonObject;
import federa.checkpoint.JsonFile;
import federa.spi.InvalidInputException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The sizes of an encoder, from the {@code config.json} of a Hugging Face model directory.
 *
 * @param modelType of the family, {@code model_type}
 * @param vocabulary number of token ids
 * @param hidden width of the hidden states (H)
 * @param layers number of encoder layers
 * @param heads number of attention heads (N); H is a multiple of it
 * @param feedForward width of the feed-forward layer
 * @param positions rows of the position table, RoBERTa's offset included; where there is none, the longest text
 * @param tokenTypes rows of the token type table; 0 where there is none
 * @param relative relative positions; null where there are none
 * @param padId the id of the padding token
 * @param layerNormEps added to the variance in every LayerNorm
 * @param activation of the feed-forward layers
 * @param dropout rates while training
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
        RelativePositions relative,
        int padId,
        double layerNormEps,
        HiddenActivation activation,
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
        if (layers < 1 || feedForward < 1 || positions < 1) {
            throw new InvalidInputException(
                    "num_hidden_layers %d, intermediate_size %d and max_position_embeddings %d must be at least 1"
                            .formatted(layers, feedForward, positions));
        }
        if (!(layerNormEps > 0)) {
            throw new InvalidInputException("layer_norm_eps %s must be above 0".formatted(layerNormEps));
        }
        if (!(initializerRange >= 0)) {
            throw new InvalidInputException("initializer_range %s must be 0 or more".formatted(initializerRange));
        }
    }

    /** RoBERTa in the published base size, 124.1 million parameters without its unused pooler. */
    public static EncoderConfig robertaBase() {
        return new EncoderConfig(
                "roberta",
                50265,
                768,
                12,
                12,
                3072,
                514,
                1,
                null,
                1,
                1e-5,
                HiddenActivation.GELU,
                new DropoutRates(0.1, 0.1, 0.1, 0),
                0.02);
    }

    /** DeBERTaV3 in the published base size, 183.8 million parameters. */
    public static EncoderConfig debertaV3Base() {
        return new EncoderConfig(
                "deberta-v2",
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
                HiddenActivation.GELU,
                new DropoutRates(0.1, 0.1, 0.1, 0),
                0.02);
    }

    /** The family that the encoder belongs to. */
    public EncoderFamily family() {
        return EncoderFamilies.of(modelType);
    }

    /** The name of the word embeddings (vocabulary, H). */
    public String wordTable() {
        return family().prefix() + "embeddings.word_embeddings.weight";
    }

    /** The longest text in tokens, special tokens included. */
    public int maxTokens() {
        return family().maxTokens(this);
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
        if (!Files.exists(file)) {
            throw new InvalidInputException(
                    "%s has no config.json; a Hugging Face model directory has one".formatted(modelDirectory));
        }
        JsonObject json = JsonFile.read(file);
        try {
            return new ConfigJson(json).toConfig();
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("%s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
