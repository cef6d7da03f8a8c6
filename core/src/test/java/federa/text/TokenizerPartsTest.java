package federa.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
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

/** Each of these files would end the process if the native library saw it, or fail later, on some text. */
class TokenizerPartsTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    normalizer     | {"type": "Precompiled", "precompiled_charsmap": null}       | map of characters is null
                    normalizer     | {"type": "Precompiled"}                                     | map of characters is null
                    normalizer     | {"type": "Precompiled", "precompiled_charsmap": "AAAA%AAA"} | not in base 64
                    normalizer     | {"type": "Precompiled", "precompiled_charsmap": ""}         | map of characters is empty
                    normalizer     | {"type": "Precompiled", "precompiled_charsmap": "AAQAAA=="} | character map of 4 bytes
                    normalizer     | {"type": "Replace", "pattern": {"String": ""}, "content": "x"} | replaces nothing
                    normalizer     | {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": "x"} | it repeats a group
                    normalizer     | {"type": "Sequence", "normalizers": [{"type": "Sequence", "normalizers": [{"type": "Nonsense"}]}]} | not known here
                    normalizer     | {"precompiled_charsmap": "AAAA"}                            | is no tokenizer
                    pre_tokenizer  | {"type": "Split", "pattern": {"Regex": ".*.*[bc]"}, "behavior": "Isolated", "invert": false} | two long repetitions
                    pre_tokenizer  | {"type": "Sequence", "pretokenizers": 7}                    | is no tokenizer
                    post_processor | {"type": "RobertaProcessing", "sep": ["</s>", 900000], "cls": ["<s>", 0]} | adds the id 900000
                    post_processor | {"type": "RobertaProcessing", "sep": [], "cls": []}         | is no tokenizer
                    model          | {"type": "Unigram", "vocab": [["[PAD]", 0.0], []], "unk_id": 0} | piece 1 is [], not a text and its score
                    model          | {"type": "Unigram", "vocab": [["[PAD]", 0.0]], "unk_id": 1} | its unk_id, 1, is none of its 1 pieces
                    model          | {"type": "Unigram", "vocab": [["[PAD]", 0.0]]}              | its unk_id, null
                    model          | {"type": "Unigram", "vocab": [["[PAD]", 1e999]], "unk_id": 0} | not a text and its score
                    model          | {"type": "WordPiece", "vocab": {"[PAD]": 0}, "unk_token": "[UNK]"} | unk_token, "[UNK]", is not in its vocabulary
                    model          | {"type": "WordPiece", "vocab": {"[PAD]": 0}}                | has no unk_token
                    model          | {"type": "WordPiece", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]", "max_input_chars_per_word": 100000000} | max_input_chars_per_word
                    model          | {"type": "WordLevel", "vocab": {"[UNK]": 4294967296}, "unk_token": "[UNK]"} | has the id 4294967296
                    model          | {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]], "continuing_subword_prefix": "##"} | continuing_subword_prefix
                    model          | {"type": "WordLevel", "vocab": {"[UNK]": -1}, "unk_token": "[UNK]"} | has the id -1
                    """)
    void aPartThatTheLibraryWouldDieOfIsRefused(String key, String part, String message) throws IOException {
        JsonObject root = sound();
        root.add(key, JsonParser.parseString(part));
        if (key.equals("model")) {
            root.remove("added_tokens");
        }
        assertRefused(root.toString(), message);
    }

    @Test
    void aTemplateHasToSayWhatItsSpecialTokensAre() throws IOException {
        JsonObject root = sound();
        root.getAsJsonObject("post_processor").add("special_tokens", new JsonObject());
        assertRefused(root.toString(), "uses the special token \"[CLS]\" without saying what it is");
    }

    @Test
    void aFileOfJsonIsReadStrictlyAndBoundedly() throws IOException {
        String sound = sound().toString();
        assertRefused(sound.substring(0, sound.length() - 1) + ", x: 1}", "it is no JSON object");
        assertRefused(sound + "{}", "it is no JSON object");
        assertRefused("[".repeat(100_000), "nested more than 32 deep");
        assertRefused("{\"normalizer\": " + "[".repeat(100) + "]".repeat(100) + "}", "nested more than 32 deep");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " {2,}",
                "\\s{2,}|[\\n\\r\\t]",
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                "(?i:'s|'t|'re)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}",
                "(\\[[^\\]]+]|Br?|Cl?|\\%[0-9]{2}|[0-9])",
                "[[:punct:]]+|[^\\]a-]"
            })
    void expressionsOfPublishedTokenizersAreRead(String expression) {
        assertThat(RegularExpression.shortestMatch(expression)).isEqualTo(expression.startsWith(" {2") ? 2 : 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a|a)*b",
                "a*a*b",
                "(a+|b)c+",
                "(a)\\1",
                "(?>a+)b",
                "(a",
                "a)",
                "[a",
                "a{2",
                "a{3,1}",
                "a?a?a?a?a?a?a?a?a?a?a?a?a?a?b",
                "((((((((((((((((((((((a))))))))))))))))))))))",
                "(?<n>a)\\k<n>",
                "\\"
            })
    void expressionsThatCouldTakeForEverAreRefused(String expression) {
        assertThatThrownBy(() -> RegularExpression.shortestMatch(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("it ");
    }

    private static JsonObject sound() {
        JsonObject root = JsonParser.parseString(Tokenizer.json(Path.of("src/test/resources/tokenizer/bert-tiny")))
                .getAsJsonObject();
        JsonElement tokens = root.getAsJsonObject("model").get("vocab");
        assertThat(tokens.getAsJsonObject().size()).isPositive();
        return root;
    }

    private void assertRefused(String json, String message) throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), json);
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(directory.resolve("tokenizer.json").toString())
                .hasMessageContaining(message);
    }
}
