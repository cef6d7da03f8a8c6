package federa.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import federa.spi.InvalidInputException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is found in a text before anything else: the {@code added_tokens} of a {@code tokenizer.json}, and those that only
 * the files beside it know, put together as transformers does when it loads a directory.
 *
 * <p>Ids are given as the native library does: a token of the vocabulary keeps its own, others go on after the last. A
 * file that says otherwise is refused, since the library would not follow it.
 */
final class AddedTokens {

    private static final String CONFIG = "tokenizer_config.json";

    private final Map<String, Integer> vocabulary;
    private final Map<String, JsonObject> tokens = new LinkedHashMap<>();
    private int highest = -1;

    private AddedTokens(Map<String, Integer> vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** A token with a meaning of its own, such as {@code </s>}. */
    static JsonObject special(int id, String token) {
        JsonObject added = of(id, token);
        added.addProperty("special", true);
        return added;
    }

    static JsonObject of(int id, String token) {
        JsonObject added = new JsonObject();
        added.addProperty("id", id);
        added.addProperty("content", token);
        added.addProperty("single_word", false);
        added.addProperty("lstrip", false);
        added.addProperty("rstrip", false);
        added.addProperty("normalized", false);
        added.addProperty("special", false);
        return added;
    }

    /**
     * The tokens of all files, in the order in which the library should add them.
     *
     * @param vocabulary the model's own tokens
     * @param own {@code added_tokens} of the {@code tokenizer.json}, or null
     * @param config {@code tokenizer_config.json} with what {@code special_tokens_map.json} names; its {@code
     *     added_tokens_decoder} describes all added tokens, where it is there
     * @param legacy {@code added_tokens.json}: token to id; not looked at beside an {@code added_tokens_decoder}
     * @throws InvalidInputException if a token is said to have another id than it would get
     */
    static JsonArray of(Map<String, Integer> vocabulary, JsonElement own, JsonObject config, JsonObject legacy) {
        AddedTokens all = new AddedTokens(vocabulary);
        if (own != null && !own.isJsonNull()) {
            for (JsonElement token : own.getAsJsonArray()) {
                all.add("tokenizer.json", token.getAsJsonObject());
            }
        }
        Set<String> special = special(config);
        if (config.has("added_tokens_decoder")) {
            all.addDecoder(config.getAsJsonObject("added_tokens_decoder"));
        } else {
            all.addLegacy(legacy, special);
        }
        special.forEach(all::addNamed);
        JsonArray array = new JsonArray();
        all.tokens.values().forEach(array::add);
        return array;
    }

    /** The tokens that the configuration names: {@code pad_token} and the like, and those without a role. */
    private static Set<String> special(JsonObject config) {
        Set<String> named = new LinkedHashSet<>();
        config.asMap().forEach((key, value) -> {
            if (key.endsWith("_token")) {
                addContent(named, value);
            } else if (key.equals("additional_special_tokens") || key.equals("extra_special_tokens")) {
                if (value.isJsonArray()) {
                    value.getAsJsonArray().forEach(token -> addContent(named, token));
                } else if (value.isJsonObject()) {
                    value.getAsJsonObject().asMap().values().forEach(token -> addContent(named, token));
                }
            }
        });
        return named;
    }

    private static void addContent(Set<String> tokens, JsonElement token) {
        String content = content(token);
        if (content != null) {
            tokens.add(content);
        }
    }

    /** The text of a token that is written as a string or as an object; null if it is neither. */
    static String content(JsonElement token) {
        JsonElement content =
                token != null && token.isJsonObject() ? token.getAsJsonObject().get("content") : token;
        return content != null
                        && content.isJsonPrimitive()
                        && content.getAsJsonPrimitive().isString()
                ? content.getAsString()
                : null;
    }

    private void addDecoder(JsonObject decoder) {
        decoder.asMap().entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> Integer.parseInt(entry.getKey())))
                .forEach(entry -> {
                    JsonObject given = entry.getValue().getAsJsonObject();
                    JsonObject token = of(
                            Integer.parseInt(entry.getKey()),
                            given.get("content").getAsString());
                    boolean special =
                            given.has("special") && given.get("special").getAsBoolean();
                    token.addProperty("normalized", !special);
                    given.asMap().forEach((key, value) -> {
                        if (token.has(key)) {
                            token.add(key, value);
                        }
                    });
                    add(CONFIG, token);
                });
    }

    private void addLegacy(JsonObject legacy, Set<String> special) {
        legacy.asMap().forEach((token, id) -> {
            if (!TokenizerParts.isWhole(id, Integer.MAX_VALUE)) {
                throw new InvalidInputException(
                        "added_tokens.json says that the added token '%s' has the id %s".formatted(token, id));
            }
        });
        legacy.asMap().entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getValue().getAsInt()))
                .filter(entry -> !tokens.containsKey(entry.getKey()))
                .forEach(entry -> {
                    JsonObject token = of(entry.getValue().getAsInt(), entry.getKey());
                    token.addProperty("special", special.contains(entry.getKey()));
                    token.addProperty("normalized", !special.contains(entry.getKey()));
                    add("added_tokens.json", token);
                });
    }

    private void addNamed(String token) {
        if (!tokens.containsKey(token) && !token.isEmpty()) {
            put(special(nextId(token), token));
        }
    }

    private void add(String file, JsonObject token) {
        String content = token.get("content").getAsString();
        JsonElement said = token.get("id");
        JsonObject known = tokens.get(content);
        int id = known != null ? known.get("id").getAsInt() : nextId(content);
        if (!said.getAsString().equals(Integer.toString(id))) {
            throw new InvalidInputException(
                    "%s says that the added token '%s' has the id %s, but after the vocabulary and the tokens before it that would be %d; use the files that came with the model"
                            .formatted(file, content, said, id));
        }
        put(token);
    }

    private void put(JsonObject token) {
        tokens.put(token.get("content").getAsString(), token);
        highest = Math.max(highest, token.get("id").getAsInt());
    }

    private int nextId(String token) {
        Integer known = vocabulary.get(token);
        if (known != null) {
            return known;
        }
        return Math.max(vocabulary.size(), highest + 1);
    }
}
