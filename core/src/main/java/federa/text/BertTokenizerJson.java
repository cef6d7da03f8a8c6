package federa.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code tokenizer.json} that BERT's {@code vocab.txt} stands for, as Hugging Face converts it for its fast tokenizer:
 * WordPiece over words split at white space, punctuation and Chinese characters.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT, section 3</a>
 */
final class BertTokenizerJson {

    private static final String FRAME =
            """
            {
              "version": "1.0",
              "added_tokens": [],
              "normalizer": {},
              "pre_tokenizer": {"type": "BertPreTokenizer"},
              "post_processor": {},
              "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
              "model": {"type": "WordPiece", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
            }
            """;

    private BertTokenizerJson() {}

    /**
     * Converts a vocabulary.
     *
     * @param file {@code vocab.txt}: a token a line, its number from 0 being its id
     * @param config {@code tokenizer_config.json}: what {@link #normalizer} reads, and the names of the special tokens
     * @throws InvalidInputException naming the file, if it is not BERT's
     */
    static JsonObject of(Path file, JsonObject config) {
        Map<String, Integer> vocabulary = vocabulary(file);
        String unknown = special(file, vocabulary, config, "unk_token", "[UNK]");
        String cls = special(file, vocabulary, config, "cls_token", "[CLS]");
        String sep = special(file, vocabulary, config, "sep_token", "[SEP]");
        JsonObject root = JsonParser.parseString(FRAME).getAsJsonObject();
        for (String token : List.of("[PAD]", unknown, cls, sep, "[MASK]")) {
            if (vocabulary.containsKey(token)) {
                root.getAsJsonArray("added_tokens").add(AddedTokens.special(vocabulary.get(token), token));
            }
        }
        root.add("normalizer", normalizer(config));
        root.add("post_processor", PostProcessor.bert(cls, sep, vocabulary));
        JsonObject model = root.getAsJsonObject("model");
        model.addProperty("unk_token", unknown);
        JsonObject ids = new JsonObject();
        vocabulary.forEach(ids::addProperty);
        model.add("vocab", ids);
        return root;
    }

    /** The normalizer that {@code do_lower_case}, {@code strip_accents} and {@code tokenize_chinese_chars} ask for. */
    static JsonObject normalizer(JsonObject config) {
        if (!isSet(config, "do_basic_tokenize", true)) {
            throw new InvalidInputException(
                    "tokenizer_config.json has do_basic_tokenize: false, texts that are split into words beforehand; that is not read here");
        }
        JsonObject normalizer = JsonParser.parseString("{'type': 'BertNormalizer', 'clean_text': true}")
                .getAsJsonObject();
        normalizer.addProperty("handle_chinese_chars", isSet(config, "tokenize_chinese_chars", true));
        JsonElement accents = config.get("strip_accents"); // null: as lowercase says
        normalizer.addProperty(
                "strip_accents", (accents == null || accents.isJsonNull()) ? null : accents.getAsBoolean());
        normalizer.addProperty("lowercase", isSet(config, "do_lower_case", true));
        return normalizer;
    }

    private static boolean isSet(JsonObject config, String key, boolean orElse) {
        JsonElement flag = config.get(key);
        return (flag == null || flag.isJsonNull()) ? orElse : flag.getAsBoolean();
    }

    private static Map<String, Integer> vocabulary(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read as UTF-8 text (" + e + ")", e);
        }
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        List<String> lines = text.lines().toList();
        for (int id = 0; id < lines.size(); id++) {
            vocabulary.put(lines.get(id), id); // of equal lines the last counts, as in transformers
        }
        return vocabulary;
    }

    private static String special(
            Path file, Map<String, Integer> vocabulary, JsonObject config, String key, String usual) {
        String named = AddedTokens.content(config.get(key));
        String token = named == null ? usual : named;
        if (!vocabulary.containsKey(token)) {
            throw new InvalidInputException(
                    "%s: has no token '%s' (%s), so it is not BERT's; use the files that came with the model"
                            .formatted(file, token, key));
        }
        return token;
    }
}
