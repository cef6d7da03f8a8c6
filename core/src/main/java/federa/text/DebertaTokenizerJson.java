package federa.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import federa.spi.InvalidInputException;
import federa.text.SentencePieceModel.Kind;
import federa.text.SentencePieceModel.Piece;
import java.util.Base64;
import java.util.Map;

/**
 * The {@code tokenizer.json} that DeBERTaV3's {@code spm.model} stands for, as Hugging Face converts it for its fast
 * tokenizer. As there, what no piece covers is {@code [UNK]}: the model's byte pieces are not fallen back on.
 */
final class DebertaTokenizerJson {

    private static final String CLS = "[CLS]";
    private static final String SEP = "[SEP]";
    private static final String MASK = "[MASK]";

    private static final String FRAME =
            """
            {
              "version": "1.0",
              "added_tokens": [],
              "normalizer": {"type": "Sequence", "normalizers": []},
              "pre_tokenizer": {"type": "Sequence", "pretokenizers": []},
              "post_processor": {},
              "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
              "model": {"type": "Unigram", "unk_id": %s, "byte_fallback": false}
            }
            """;

    private DebertaTokenizerJson() {}

    /**
     * Converts a model.
     *
     * @param config {@code tokenizer_config.json}: {@code do_lower_case}, {@code split_by_punct} and {@code
     *     add_prefix_space} count
     * @throws InvalidInputException naming the model's file, if it is not DeBERTaV3's
     */
    static JsonObject of(SentencePieceModel model, JsonObject config) {
        JsonObject root =
                JsonParser.parseString(FRAME.formatted(model.unknownId())).getAsJsonObject();
        root.add("post_processor", PostProcessor.bert(CLS, SEP, Map.of(CLS, model.id(CLS), SEP, model.id(SEP))));
        root.add("added_tokens", addedTokens(model));
        root.getAsJsonObject("normalizer").add("normalizers", normalizers(model, config));
        root.getAsJsonObject("pre_tokenizer").add("pretokenizers", preTokenizers(config));
        JsonArray vocabulary = new JsonArray();
        for (Piece piece : model.pieces()) {
            JsonArray entry = new JsonArray();
            entry.add(piece.text());
            entry.add((double) piece.score());
            vocabulary.add(entry);
        }
        root.getAsJsonObject("model").add("vocab", vocabulary);
        return root;
    }

    /** The mask is not in the model: it gets the id after the last. */
    private static JsonArray addedTokens(SentencePieceModel model) {
        JsonArray added = new JsonArray();
        boolean hasMask = false;
        for (int id = 0; id < model.pieces().size(); id++) {
            Piece piece = model.pieces().get(id);
            if (piece.kind() == Kind.CONTROL || id == model.unknownId()) {
                JsonObject token = AddedTokens.special(id, piece.text());
                token.addProperty("normalized", id == model.unknownId());
                added.add(token);
            } else if (piece.kind() == Kind.USER_DEFINED) {
                added.add(AddedTokens.of(id, piece.text()));
            }
            hasMask |= piece.text().equals(MASK);
        }
        if (!hasMask) {
            added.add(AddedTokens.special(model.pieces().size(), MASK));
        }
        return added;
    }

    private static JsonArray normalizers(SentencePieceModel model, JsonObject config) {
        JsonArray normalizers = new JsonArray();
        if (isSet(config, "do_lower_case", false)) {
            normalizers.add(parse("{'type': 'Lowercase'}"));
        }
        normalizers.add(parse("{'type': 'Strip', 'strip_left': true, 'strip_right': true}"));
        if (model.characterMap().length > 0) {
            JsonObject precompiled = parse("{'type': 'Precompiled'}");
            precompiled.addProperty("precompiled_charsmap", Base64.getEncoder().encodeToString(model.characterMap()));
            normalizers.add(precompiled);
        }
        normalizers.add(parse("{'type': 'Replace', 'pattern': {'Regex': ' {2,}'}, 'content': ' '}"));
        return normalizers;
    }

    private static JsonArray preTokenizers(JsonObject config) {
        JsonArray preTokenizers = new JsonArray();
        if (isSet(config, "split_by_punct", false)) {
            preTokenizers.add(parse("{'type': 'Punctuation', 'behavior': 'Isolated'}"));
        }
        JsonObject metaspace = parse("{'type': 'Metaspace', 'replacement': '▁', 'split': true}");
        metaspace.addProperty("prepend_scheme", isSet(config, "add_prefix_space", true) ? "always" : "never");
        preTokenizers.add(metaspace);
        return preTokenizers;
    }

    private static boolean isSet(JsonObject config, String key, boolean orElse) {
        JsonElement flag = config.get(key);
        return (flag == null || flag.isJsonNull()) ? orElse : flag.getAsBoolean();
    }

    private static JsonObject parse(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
