package federa.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model directory says about its tokenizer: {@code tokenizer.json}, corrected by what {@code
 * tokenizer_config.json} says about a leading space, as Hugging Face loads it.
 */
final class TokenizerFile {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final Path file;
    private final JsonObject root;
    private final JsonObject config;
    private final Map<String, Integer> ids = new HashMap<>();
    private final String lastToken;

    private TokenizerFile(Path file, JsonObject root, JsonObject config) {
        this.file = file;
        this.root = root;
        this.config = config;
        readIds();
        this.lastToken = ids.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> problem("has an empty vocabulary"));
    }

    static TokenizerFile read(Path directory) {
        Path file = directory.resolve("tokenizer.json");
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    directory + ": holds no tokenizer.json; save the model's fast tokenizer with save_pretrained");
        }
        Path configFile = directory.resolve("tokenizer_config.json");
        JsonObject config = Files.exists(configFile) ? parse(configFile) : new JsonObject();
        JsonObject root = parse(file);
        try {
            if (config.has("add_prefix_space")) {
                setPrefixSpace(root, config.get("add_prefix_space"));
            }
            return new TokenizerFile(file, root, config);
        } catch (IllegalStateException
                | ClassCastException
                | NumberFormatException
                | UnsupportedOperationException
                | NullPointerException e) { // Gson's ways to say that an element is of another kind
            throw new IllegalArgumentException(
                    file
                            + ": is no tokenizer of the Hugging Face library; use the tokenizer.json that came with the model",
                    e);
        }
    }

    String json() {
        return GSON.toJson(root);
    }

    Path file() {
        return file;
    }

    /** The token with the highest id. */
    String lastToken() {
        return lastToken;
    }

    int lastId() {
        return ids.get(lastToken);
    }

    int padId() {
        JsonElement configured = config.get("pad_token");
        if (configured != null && configured.isJsonObject()) {
            configured = configured.getAsJsonObject().get("content");
        }
        if (configured != null && configured.isJsonPrimitive()) {
            Integer id = ids.get(configured.getAsString());
            if (id == null) {
                throw problem(
                        "does not know the pad_token of tokenizer_config.json, '" + configured.getAsString() + "'");
            }
            return id;
        }
        for (String usual : List.of("<pad>", "[PAD]")) {
            if (ids.containsKey(usual)) {
                return ids.get(usual);
            }
        }
        throw problem("has no padding token; name one as pad_token in tokenizer_config.json");
    }

    /**
     * True if the text before a non-space that is followed by a space can be encoded without what follows: no
     * normaliser, the byte-level regular expression of GPT-2, whose matches never run from a non-space into a space, and
     * no added token with a space inside.
     */
    boolean splitsAtSpaces() {
        JsonElement normalizer = root.get("normalizer");
        JsonElement splitter = root.get("pre_tokenizer");
        if ((normalizer != null && !normalizer.isJsonNull()) || splitter == null || !splitter.isJsonObject()) {
            return false;
        }
        JsonObject byteLevel = splitter.getAsJsonObject();
        boolean regex =
                !byteLevel.has("use_regex") || byteLevel.get("use_regex").getAsBoolean();
        return regex
                && "ByteLevel".equals(byteLevel.get("type").getAsString())
                && addedTokens().stream().noneMatch(token -> token.chars().anyMatch(Character::isWhitespace));
    }

    private List<String> addedTokens() {
        JsonElement added = root.get("added_tokens");
        return added == null || added.isJsonNull()
                ? List.of()
                : added.getAsJsonArray().asList().stream()
                        .map(token -> token.getAsJsonObject().get("content").getAsString())
                        .toList();
    }

    private void readIds() {
        JsonElement vocabulary = root.getAsJsonObject("model").get("vocab");
        if (vocabulary.isJsonArray()) { // Unigram: [piece, score] by id
            JsonArray pieces = vocabulary.getAsJsonArray();
            for (int id = 0; id < pieces.size(); id++) {
                ids.put(pieces.get(id).getAsJsonArray().get(0).getAsString(), id);
            }
        } else {
            vocabulary.getAsJsonObject().asMap().forEach((token, id) -> ids.put(token, id.getAsInt()));
        }
        JsonElement added = root.get("added_tokens");
        if (added != null && !added.isJsonNull()) {
            for (JsonElement element : added.getAsJsonArray()) {
                JsonObject token = element.getAsJsonObject();
                ids.put(token.get("content").getAsString(), token.get("id").getAsInt());
            }
        }
    }

    /** Sets the flag on whatever has it; the decoder's is left alone, it plays no part in encoding. */
    private static void setPrefixSpace(JsonObject root, JsonElement flag) {
        for (String part : List.of("pre_tokenizer", "post_processor")) {
            JsonElement element = root.get(part);
            if (element == null || !element.isJsonObject()) {
                continue;
            }
            setFlag(element.getAsJsonObject(), flag);
            JsonElement sequence = element.getAsJsonObject().get("pretokenizers");
            if (sequence != null && sequence.isJsonArray()) {
                sequence.getAsJsonArray().forEach(member -> setFlag(member.getAsJsonObject(), flag));
            }
        }
    }

    private static void setFlag(JsonObject part, JsonElement flag) {
        if (part.has("add_prefix_space")) {
            part.addProperty("add_prefix_space", flag.getAsBoolean());
        }
    }

    private static JsonObject parse(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file; check the path", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read as UTF-8 text (" + e + ")", e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IllegalArgumentException(
                    file + ": truncated or damaged, it is no JSON object; fetch it again", e);
        }
    }

    private IllegalArgumentException problem(String what) {
        return new IllegalArgumentException(file + ": " + what);
    }
}
