package federa.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The {@code tokenizer.json} that RoBERTa's {@code vocab.json} and {@code merges.txt} stand for, as Hugging Face converts
 * them: byte-level BPE.
 */
final class RobertaTokenizerJson {

    private static final String CLS = "<s>";
    private static final String SEP = "</s>";
    private static final String MASK = "<mask>";

    private static final String FRAME =
            """
            {
              "version": "1.0",
              "added_tokens": [],
              "normalizer": null,
              "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
              "post_processor": {},
              "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
              "model": {
                "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false
              }
            }
            """;

    private RobertaTokenizerJson() {}

    /**
     * Puts the two files together.
     *
     * @param file {@code vocab.json}, for messages
     * @param vocabulary its content: token to id
     * @throws InvalidInputException naming the file, if they are not RoBERTa's
     */
    static JsonObject of(Path file, JsonObject vocabulary, Path mergesFile) {
        JsonObject root = JsonParser.parseString(FRAME).getAsJsonObject();
        Map<String, Integer> ids = Map.of(CLS, id(file, vocabulary, CLS), SEP, id(file, vocabulary, SEP));
        root.add("post_processor", PostProcessor.roberta(CLS, SEP, ids));
        for (String token : List.of(CLS, "<pad>", SEP, "<unk>", MASK)) {
            JsonObject added = AddedTokens.special(id(file, vocabulary, token), token);
            added.addProperty("lstrip", token.equals(MASK)); // a space before it belongs to it
            root.getAsJsonArray("added_tokens").add(added);
        }
        JsonObject model = root.getAsJsonObject("model");
        model.add("vocab", vocabulary);
        model.add("merges", merges(mergesFile));
        return root;
    }

    private static int id(Path file, JsonObject vocabulary, String token) {
        JsonElement id = vocabulary.get(token);
        if (id == null) {
            throw new InvalidInputException(
                    "%s: has no token '%s', so it is not RoBERTa's; use the tokenizer.json that came with the model"
                            .formatted(file, token));
        }
        return id.getAsInt();
    }

    private static JsonArray merges(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read as UTF-8 text (" + e + ")", e);
        }
        JsonArray merges = new JsonArray();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || line.startsWith("#version")) {
                continue;
            }
            int space = line.indexOf(' ');
            if (space < 1 || space == line.length() - 1 || space != line.lastIndexOf(' ')) {
                throw new InvalidInputException(
                        "%s: line %d is no pair of tokens, '%s'; fetch it again".formatted(file, i + 1, line));
            }
            JsonArray pair = new JsonArray();
            pair.add(line.substring(0, space));
            pair.add(line.substring(space + 1));
            merges.add(pair);
        }
        return merges;
    }
}
