package federa.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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

    @Test
    void whatFollowsTheJsonObjectIsRefused() {
        assertBad(GOOD + GOOD).hasMessageContaining("goes on after its JSON object");
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
                "layer_norm_eps; 1e-6; 1e400; a number",
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

    /** What changes what an encoder computes is refused by its name; the same configuration without it is read. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "bert; position_embedding_type; \"relative_key\"",
                "bert; is_decoder; true",
                "bert; add_cross_attention; true",
                "bert; embedding_size; 8",
                "bert; attention_head_size; 8",
                "bert; pruned_heads; {\"0\": [1]}",
                "bert; quantization_config; {\"load_in_8bit\": true}",
                "bert; type_vocab_size; 0",
                "bert; hidden_act; \"silu\"",
                "bert; hidden_act; null",
                "bert; layer_norm_eps; 0",
                "bert; hidden_dropout_prob; 1.0",
                "bert; attention_probs_dropout_prob; -0.1",
                "bert; classifier_dropout; 2",
                "bert; initializer_range; -1",
                "roberta; position_embedding_type; \"relative_key_query\"",
                "roberta; is_decoder; true",
                "roberta; pad_token_id; null",
                "xlm-roberta; add_cross_attention; true",
                "deberta-v2; relative_attention; false",
                "deberta-v2; share_att_key; false",
                "deberta-v2; position_biased_input; true",
                "deberta-v2; norm_rel_ebd; \"layer_norm|batch\"",
                "deberta-v2; pos_att_type; [\"c2p\"]",
                "deberta-v2; conv_kernel_size; 3",
                "deberta-v2; type_vocab_size; 2",
                "deberta-v2; pooler_hidden_act; \"tanh\"",
                "deberta-v2; pooler_hidden_size; 8",
                "deberta-v2; position_buckets; -1",
                "deberta-v2; max_relative_positions; 2147483647",
            })
    void whatAnEncoderDoesNotComputeIsRefusedByItsName(String modelType, String key, String value) {
        JsonObject config = config(modelType);
        assertThat(read(config.toString()).modelType()).isEqualTo(modelType);
        config.add(key, JsonParser.parseString(value));
        assertBad(config.toString()).hasMessageContaining(key);
    }

    /** As in transformers, whose defaults are those of the first DeBERTa-v2 and not of V3. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "relative_attention",
                "share_att_key",
                "position_biased_input",
                "norm_rel_ebd",
                "pos_att_type",
                "position_buckets"
            })
    void whatAConfigurationOfDebertaLeavesOutIsOff(String key) {
        JsonObject config = config("deberta-v2");
        config.remove(key);
        assertBad(config.toString()).hasMessageContaining(key);
    }

    private static JsonObject config(String modelType) {
        JsonObject config = JsonParser.parseString(GOOD).getAsJsonObject();
        config.addProperty("model_type", modelType);
        if (modelType.equals("deberta-v2")) {
            config.addProperty("type_vocab_size", 0);
            config.addProperty("relative_attention", true);
            config.addProperty("share_att_key", true);
            config.addProperty("position_biased_input", false);
            config.addProperty("norm_rel_ebd", "layer_norm");
            config.addProperty("pos_att_type", "p2c|c2p");
            config.addProperty("position_buckets", 8);
        }
        return config;
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
