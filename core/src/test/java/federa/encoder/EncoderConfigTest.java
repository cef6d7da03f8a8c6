package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderConfigTest {

    private static final String GOOD =
            """
            {"model_type": "roberta", "vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 2,
             "num_attention_heads": 4, "intermediate_size": 32, "max_position_embeddings": 40,
             "type_vocab_size": 1, "pad_token_id": 1, "layer_norm_eps": 1e-6, "hidden_dropout_prob": 0.2,
             "attention_probs_dropout_prob": 0.3, "classifier_dropout": null, "initializer_range": 0.01}""";

    @TempDir
    private Path directory;

    @Test
    void everyKeyHasItsPlace() {
        assertThat(read(GOOD))
                .isEqualTo(new EncoderConfig(
                        "roberta",
                        50,
                        16,
                        2,
                        4,
                        32,
                        40,
                        1,
                        null,
                        1,
                        1e-6,
                        HiddenActivation.GELU,
                        new DropoutRates(0.2, 0.3, 0.2, 0),
                        0.01));
    }

    @Test
    void keysThatAreLeftOutMeanWhatTheyMeanToTransformers() {
        EncoderConfig config = read(
                """
                {"model_type": "roberta", "vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "intermediate_size": 32, "max_position_embeddings": 40}""");
        assertThat(config)
                .isEqualTo(new EncoderConfig(
                        "roberta",
                        50,
                        16,
                        2,
                        4,
                        32,
                        40,
                        2,
                        null,
                        1,
                        1e-12,
                        HiddenActivation.GELU,
                        new DropoutRates(0.1, 0.1, 0.1, 0),
                        0.02));
    }

    @Test
    void theLongestTextLeavesOutThePositionsUpToThePaddingId() {
        assertThat(EncoderConfig.robertaBase().maxTokens()).isEqualTo(512);
        assertThat(read(GOOD).maxTokens()).isEqualTo(38);
        assertThat(read(GOOD).headSize()).isEqualTo(4);
    }

    @Test
    void aDirectoryWithoutConfigurationIsNamed() {
        assertThatThrownBy(() -> EncoderConfig.read(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(directory + " has no config.json; a Hugging Face model directory has one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[1]", "{\"model_type\": ", "not json", "null"})
    void whatIsNoJsonObjectIsNamed(String text) {
        assertBad(text).hasMessageContaining("is not a JSON object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_type",
                "vocab_size",
                "hidden_size",
                "num_hidden_layers",
                "num_attention_heads",
                "intermediate_size",
                "max_position_embeddings"
            })
    void aMissingKeyIsNamed(String key) {
        assertBad(GOOD.replace("\"" + key + "\"", "\"other\""))
                .hasMessageContaining("the key '" + key + "' is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "hidden_size; 16; \"wide\"; a whole number",
                "hidden_size; 16; [16, 16]; a whole number",
                "hidden_size; 16; {}; a whole number",
                "hidden_size; 16; true; a whole number",
                "hidden_size; 16; 16.5; a whole number",
                "vocab_size; 50; 5e10; a whole number",
                "layer_norm_eps; 1e-6; \"small\"; a number",
                "layer_norm_eps; 1e-6; []; a number",
                "model_type; \"roberta\"; [\"a\", \"b\"]; a text",
                "model_type; \"roberta\"; {}; a text",
            })
    void aValueOfAnotherTypeIsNamedWithItsKey(String key, String good, String bad, String wanted) {
        String text = GOOD.replace("\"%s\": %s".formatted(key, good), "\"%s\": %s".formatted(key, bad));
        assertThat(text).isNotEqualTo(GOOD);
        assertBad(text).hasMessageContaining("the key '%s' must be %s, got ".formatted(key, wanted));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "\"roberta\"; \"t5\"; model_type is 't5'; this version knows [bert, deberta-v2, roberta, xlm-roberta]",
                "\"num_attention_heads\": 4; \"num_attention_heads\": 3; hidden_size 16; num_attention_heads 3",
                "\"num_attention_heads\": 4; \"num_attention_heads\": 0; hidden_size 16; num_attention_heads 0",
                "\"hidden_size\": 16; \"hidden_size\": 0; hidden_size; 0",
                "\"hidden_size\": 16; \"hidden_size\": -16; hidden_size; -16",
                "\"num_hidden_layers\": 2; \"num_hidden_layers\": 0; num_hidden_layers 0; at least 1",
                "\"max_position_embeddings\": 40; \"max_position_embeddings\": 2; max_position_embeddings 2; above",
                "\"pad_token_id\": 1; \"pad_token_id\": -1; pad_token_id; -1",
                "\"pad_token_id\": 1; \"pad_token_id\": 50; pad_token_id; 50",
                "\"layer_norm_eps\"; \"hidden_act\": \"GELU\", \"layer_norm_eps\"; hidden_act 'GELU'; gelu",
            })
    void sizesThatMakeNoModelAreNamed(String good, String bad, String names, String andSays) {
        String text = GOOD.replace(good, bad);
        assertThat(text).isNotEqualTo(GOOD);
        assertBad(text).hasMessageContaining(names).hasMessageContaining(andSays);
    }

    private EncoderConfig read(String json) {
        try {
            Files.writeString(directory.resolve("config.json"), json);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return EncoderConfig.read(directory);
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertBad(String json) {
        return assertThatThrownBy(() -> read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(directory.resolve("config.json").toString());
    }
}
