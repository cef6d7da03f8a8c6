package federa.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * What a model directory says about its tokenizer, as Hugging Face loads it: {@code tokenizer.json}, or what RoBERTa's
 * {@code vocab.json} and {@code merges.txt} or DeBERTaV3's {@code spm.model} stand for, corrected by what {@code
 * tokenizer_config.json} says.
 */
final class TokenizerFile {
    private static final String WHOLE = "tokenizer.json";
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String SENTENCE_PIECE = "spm.model";
    private static final String CONFIG = "tokenizer_config.json";

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
        Path file = find(directory);
        Path configFile = directory.resolve(CONFIG);
        JsonObject config = Files.exists(configFile) ? parse(configFile) : new JsonObject();
        try {
            JsonObject root = content(file, config);
            JsonElement prefixSpace = config.get("add_prefix_space");
            if (prefixSpace != null && !prefixSpace.isJsonNull()) {
                setPrefixSpace(root, prefixSpace.getAsBoolean());
            } else if (isByteLevel(root)) { // RoBERTa's default, whatever the file was saved with
                setPrefixSpace(root, false);
            }
            return new TokenizerFile(file, root, config);
        } catch (IllegalStateException
                | ClassCastException
                | NumberFormatException
                | UnsupportedOperationException
                | NullPointerException e) { // Gson's ways to say that an element is of another kind
            throw new InvalidInputException(
                    file + ": is no tokenizer of the Hugging Face library; use the file that came with the model", e);
        }
    }

    /** The file that says which tokens there are. */
    private static Path find(Path directory) {
        if (Files.exists(directory.resolve(WHOLE))) {
            return directory.resolve(WHOLE);
        }
        if (Files.exists(directory.resolve(VOCABULARY)) && Files.exists(directory.resolve(MERGES))) {
            return directory.resolve(VOCABULARY);
        }
        if (Files.exists(directory.resolve(SENTENCE_PIECE))) {
            return directory.resolve(SENTENCE_PIECE);
        }
        throw new InvalidInputException(
                "%s: holds no %s, no %s with %s (RoBERTa) and no %s (DeBERTaV3); save the model's tokenizer with save_pretrained"
                        .formatted(directory, WHOLE, VOCABULARY, MERGES, SENTENCE_PIECE));
    }

    private static JsonObject content(Path file, JsonObject config) {
        return switch (file.getFileName().toString()) {
            case VOCABULARY -> RobertaTokenizerJson.of(file, parse(file), file.resolveSibling(MERGES));
            case SENTENCE_PIECE -> DebertaTokenizerJson.of(SentencePieceModel.read(file), config);
            default -> parse(file);
        };
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
        return special("pad_token", "<pad>", "[PAD]")
                .orElseThrow(() -> problem("has no padding token; name one as pad_token in tokenizer_config.json"));
    }

    OptionalInt maskId() {
        return special("mask_token", "<mask>", "[MASK]");
    }

    /** The id of the token that tokenizer_config.json has under this key, or without that of one with a usual name. */
    private OptionalInt special(String key, String... usual) {
        JsonElement configured = config.get(key);
        if (configured != null && configured.isJsonObject()) {
            configured = configured.getAsJsonObject().get("content");
        }
        if (configured != null && configured.isJsonPrimitive()) {
            String token = configured.getAsString();
            if (!ids.containsKey(token)) {
                throw problem("does not know the %s of tokenizer_config.json, '%s'".formatted(key, token));
            }
            return OptionalInt.of(ids.get(token));
        }
        return Stream.of(usual).filter(ids::containsKey).mapToInt(ids::get).findFirst();
    }

    /**
     * True if the text before a non-space that is followed by a space can be encoded without what follows: no
     * normaliser, the byte-level regular expression of GPT-2, whose matches never run from a non-space into a space, and
     * no added token with a space inside.
     */
    boolean splitsAtSpaces() {
        JsonElement normalizer = root.get("normalizer");
        if ((normalizer != null && !normalizer.isJsonNull()) || !isByteLevel(root)) {
            return false;
        }
        JsonElement regex = root.getAsJsonObject("pre_tokenizer").get("use_regex");
        return (regex == null || regex.getAsBoolean())
                && addedTokens().stream().noneMatch(token -> token.chars().anyMatch(Character::isWhitespace));
    }

    /** True for the byte-level BPE of GPT-2 and RoBERTa. */
    private static boolean isByteLevel(JsonObject root) {
        JsonElement splitter = root.get("pre_tokenizer");
        return splitter != null
                && splitter.isJsonObject()
                && "ByteLevel".equals(splitter.getAsJsonObject().get("type").getAsString());
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
    private static void setPrefixSpace(JsonObject root, boolean flag) {
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

    private static void setFlag(JsonObject part, boolean flag) {
        if (part.has("add_prefix_space")) {
            part.addProperty("add_prefix_space", flag);
        }
    }

    private static JsonObject parse(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file + ": no such file; check the path", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read as UTF-8 text (" + e + ")", e);
        } catch (JsonParseException | IllegalStateException e) {
            throw new InvalidInputException(file + ": truncated or damaged, it is no JSON object; fetch it again", e);
        }
    }

    private InvalidInputException problem(String what) {
        return new InvalidInputException(file + ": " + what);
    }
}
