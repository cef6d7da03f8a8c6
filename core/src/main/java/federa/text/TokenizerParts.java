package federa.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import federa.spi.InvalidInputException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks through the parts of a {@code tokenizer.json} for what the native library would panic on, which ends the process:
 * a damaged map of characters, special tokens that nobody defines, expressions that backtrack for ever. Some of it shows
 * only with certain texts, so it has to be found before the library is called. Parts of a kind that is not known here are
 * refused.
 *
 * @see "docs/decisions/057-tokenizers-are-checked-first.md"
 */
final class TokenizerParts {

    private static final int MAX_PARTS = 50;
    private static final int MAX_GROWTH = 1000; // how many times as long the normalizers may make a text
    private static final int MAX_CHARACTERS_PER_WORD = 1000; // published ones have 100; the time is its square

    private static final Set<String> NORMALIZERS = Set.of(
            "BertNormalizer",
            "Strip",
            "StripAccents",
            "NFC",
            "NFD",
            "NFKC",
            "NFKD",
            "Lowercase",
            "Nmt",
            "Precompiled",
            "Replace",
            "Prepend",
            "Sequence");
    private static final Set<String> PRE_TOKENIZERS = Set.of(
            "BertPreTokenizer",
            "ByteLevel",
            "CharDelimiterSplit",
            "Metaspace",
            "Whitespace",
            "WhitespaceSplit",
            "Punctuation",
            "Split",
            "Digits",
            "UnicodeScripts",
            "Sequence");
    private static final Set<String> POST_PROCESSORS =
            Set.of("RobertaProcessing", "BertProcessing", "ByteLevel", "TemplateProcessing", "Sequence");
    private static final Set<String> MODELS = Set.of("BPE", "WordPiece", "WordLevel", "Unigram");

    private final Map<String, Integer> ids;
    private int parts;
    private long growth = 1;

    private TokenizerParts(Map<String, Integer> ids) {
        this.ids = ids;
    }

    /**
     * Checks all parts but the decoder, and writes the map of characters as the library wants it.
     *
     * @param ids of all tokens, the added ones too
     * @throws InvalidInputException saying which part is wrong
     */
    static void requireSound(JsonObject root, Map<String, Integer> ids) {
        TokenizerParts parts = new TokenizerParts(ids);
        parts.requireModel(root.getAsJsonObject("model"));
        parts.forEachPart(root.get("normalizer"), "normalizers", NORMALIZERS, parts::requireNormalizer);
        parts.forEachPart(root.get("pre_tokenizer"), "pretokenizers", PRE_TOKENIZERS, parts::requirePreTokenizer);
        parts.forEachPart(root.get("post_processor"), "processors", POST_PROCESSORS, parts::requirePostProcessor);
    }

    private interface Check {
        void require(String type, JsonObject part);
    }

    private void forEachPart(JsonElement part, String members, Set<String> known, Check check) {
        if (part == null || part.isJsonNull()) {
            return;
        }
        JsonObject object = part.getAsJsonObject();
        JsonElement type = object.get("type");
        if (type == null || !known.contains(type.getAsString())) {
            throw new InvalidInputException("its %s %s is not known here".formatted(members, type));
        }
        if (++parts > MAX_PARTS) {
            throw new InvalidInputException("it has more than %d parts".formatted(MAX_PARTS));
        }
        if (type.getAsString().equals("Sequence")) {
            object.getAsJsonArray(members).forEach(member -> forEachPart(member, members, known, check));
        } else {
            check.require(type.getAsString(), object);
        }
    }

    private void requireModel(JsonObject model) {
        JsonElement type = model.get("type");
        if (type != null && !MODELS.contains(type.getAsString())) {
            throw new InvalidInputException("its model %s is not known here".formatted(type));
        }
        boolean isWordPiece = model.has("max_input_chars_per_word")
                || (type != null && type.getAsString().equals("WordPiece"));
        if (model.get("vocab").isJsonArray()) {
            JsonElement unknown = model.get("unk_id");
            int pieces = model.getAsJsonArray("vocab").size();
            if (unknown == null || unknown.isJsonNull() || !isWhole(unknown, pieces)) {
                throw new InvalidInputException(
                        "its unk_id, %s, is none of its %d pieces, so unknown characters would have no token"
                                .formatted(unknown, pieces));
            }
        }
        JsonElement unknown = model.get("unk_token");
        if (isWordPiece && (unknown == null || unknown.isJsonNull())) {
            throw new InvalidInputException("it has no unk_token, so unknown words would have no token");
        }
        if (unknown != null && !unknown.isJsonNull() && !ids.containsKey(unknown.getAsString())) {
            throw new InvalidInputException("its unk_token, %s, is not in its vocabulary".formatted(unknown));
        }
        requireMerges(model);
        JsonElement longest = model.get("max_input_chars_per_word");
        if (longest != null && !longest.isJsonNull() && !isWhole(longest, MAX_CHARACTERS_PER_WORD + 1)) {
            throw new InvalidInputException(
                    "its max_input_chars_per_word, %s, is not 0 to %d".formatted(longest, MAX_CHARACTERS_PER_WORD));
        }
    }

    /** The library cuts the prefix off the second token of each pair, there or not. */
    private static void requireMerges(JsonObject model) {
        JsonElement prefix = model.get("continuing_subword_prefix");
        JsonElement merges = model.get("merges");
        if (merges == null || prefix == null || prefix.isJsonNull()) {
            return;
        }
        for (JsonElement merge : merges.getAsJsonArray()) {
            String second = merge.isJsonArray()
                    ? merge.getAsJsonArray().get(1).getAsString()
                    : merge.getAsString().substring(merge.getAsString().indexOf(' ') + 1);
            if (!second.startsWith(prefix.getAsString())) {
                throw new InvalidInputException(
                        "its merge %s does not go on with the continuing_subword_prefix %s".formatted(merge, prefix));
            }
        }
    }

    private void requireNormalizer(String type, JsonObject part) {
        switch (type) {
            case "Precompiled" -> part.addProperty("precompiled_charsmap", soundMap(part.get("precompiled_charsmap")));
            case "Replace" -> {
                int shortest = requirePattern(part.getAsJsonObject("pattern"));
                if (shortest == 0) {
                    throw new InvalidInputException("its normalizer replaces nothing by something: " + part);
                }
                grow(part.get("content").getAsString().length() / shortest);
            }
            case "Prepend" -> grow(1 + part.get("prepend").getAsString().length());
            default -> {}
        }
    }

    private void requirePreTokenizer(String type, JsonObject part) {
        if (type.equals("Split")) {
            requirePattern(part.getAsJsonObject("pattern"));
        }
    }

    private static int requirePattern(JsonObject pattern) {
        if (pattern.has("String")) {
            return pattern.get("String").getAsString().length();
        }
        String expression = pattern.get("Regex").getAsString();
        try {
            return RegularExpression.shortestMatch(expression);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(
                    "its regular expression '%s' could take for ever on some text: %s"
                            .formatted(expression, e.getMessage()),
                    e);
        }
    }

    private void grow(int times) {
        growth *= Math.max(1, times);
        if (growth > MAX_GROWTH) {
            throw new InvalidInputException(
                    "its normalizers can make a text more than %d times as long".formatted(MAX_GROWTH));
        }
    }

    /** The library reads it only without escapes and with the canonical padding. */
    private static String soundMap(JsonElement map) {
        if (map == null || !map.isJsonPrimitive()) {
            throw new InvalidInputException("its map of characters is " + map);
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(map.getAsString());
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("its map of characters is not in base 64", e);
        }
        if (bytes.length == 0) {
            throw new InvalidInputException("its map of characters is empty");
        }
        CharacterMap.requireSound(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void requirePostProcessor(String type, JsonObject part) {
        switch (type) {
            case "RobertaProcessing", "BertProcessing" -> {
                for (String key : List.of("sep", "cls")) {
                    requireId(part.getAsJsonArray(key).get(1));
                }
            }
            case "TemplateProcessing" -> {
                JsonObject special = part.getAsJsonObject("special_tokens");
                special.asMap().forEach((name, token) -> {
                    JsonObject object = token.getAsJsonObject();
                    object.getAsJsonArray("ids").forEach(this::requireId);
                });
                requireTemplate(part, "single", special);
                requireTemplate(part, "pair", special);
            }
            default -> {}
        }
    }

    private void requireTemplate(JsonObject part, String key, JsonObject special) {
        for (JsonElement piece : part.getAsJsonArray(key)) {
            JsonElement token = piece.getAsJsonObject().get("SpecialToken");
            if (token != null) {
                JsonElement id = token.getAsJsonObject().get("id");
                if (!special.has(id.getAsString())) {
                    throw new InvalidInputException(
                            "its post-processor uses the special token %s without saying what it is".formatted(id));
                }
            }
        }
    }

    private void requireId(JsonElement id) {
        if (!isWhole(id, Integer.MAX_VALUE) || !ids.containsValue(id.getAsInt())) {
            throw new InvalidInputException("its post-processor adds the id %s, which no token has".formatted(id));
        }
    }

    /** True for a whole number from 0 to below the limit. */
    static boolean isWhole(JsonElement number, int limit) {
        if (!(number instanceof JsonPrimitive primitive) || !primitive.isNumber()) {
            return false;
        }
        double value = primitive.getAsDouble();
        return value >= 0 && value < limit && value == Math.rint(value);
    }
}
