package federa.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import federa.spi.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model directory says about its tokenizer, as Hugging Face loads it: {@code tokenizer.json}, or what BERT's {@code
 * vocab.txt}, RoBERTa's {@code vocab.json} and {@code merges.txt} or DeBERTaV3's {@code spm.model} stand for, corrected by
 * what the files beside it say.
 */
final class TokenizerFile {
    private static final String WHOLE = "tokenizer.json";
    private static final String VOCABULARY = "vocab.json";
    private static final String MERGES = "merges.txt";
    private static final String SENTENCE_PIECE = "spm.model";
    private static final String WORD_PIECE = "vocab.txt";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final String ADDED_TOKENS = "added_tokens.json";

    /** The classes of transformers that take a tokenizer.json as it is; others have defaults that go before it. */
    private static final Set<String> PLAIN_CLASSES = Set.of("PreTrainedTokenizerFast", "TokenizersBackend");

    private static final Logger LOG = LoggerFactory.getLogger(TokenizerFile.class);
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

    private final Path file;
    private final JsonObject root;
    private final JsonObject config;
    private final Map<String, Integer> ids;
    private final String lastToken;

    private TokenizerFile(Path file, JsonObject root, JsonObject config) {
        this.file = file;
        this.root = root;
        this.config = config;
        this.ids = vocabulary(root.getAsJsonObject("model").get("vocab"));
        correct();
        TokenizerParts.requireSound(root, ids);
        this.lastToken = ids.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new InvalidInputException("it has an empty vocabulary"));
    }

    static TokenizerFile read(Path directory) {
        Path file = find(directory);
        JsonObject config = config(directory);
        try {
            return new TokenizerFile(file, content(file, config), config);
        } catch (IllegalStateException
                | ClassCastException
                | NumberFormatException
                | UnsupportedOperationException
                | IndexOutOfBoundsException
                | NullPointerException e) { // Gson's ways to say that an element is of another kind
            throw new InvalidInputException(
                    file + ": is no tokenizer of the Hugging Face library; use the files that came with the model", e);
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith(directory.toString())
                    ? e
                    : new InvalidInputException(
                            "%s: is no tokenizer that can be loaded (%s)".formatted(file, e.getMessage()), e);
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
        for (String name : List.of(SENTENCE_PIECE, WORD_PIECE)) {
            if (Files.exists(directory.resolve(name))) {
                return directory.resolve(name);
            }
        }
        throw new InvalidInputException(
                "%s: holds no %s, no %s with %s (RoBERTa), no %s (DeBERTaV3) and no %s (BERT); save the model's tokenizer with save_pretrained"
                        .formatted(directory, WHOLE, VOCABULARY, MERGES, SENTENCE_PIECE, WORD_PIECE));
    }

    /** What tokenizer_config.json says, and of special tokens, unless it describes all of them, the map beside it. */
    private static JsonObject config(Path directory) {
        JsonObject config = orEmpty(directory.resolve(CONFIG));
        if (!config.has("added_tokens_decoder")) {
            orEmpty(directory.resolve(SPECIAL_TOKENS)).asMap().forEach(config::add);
        }
        return config;
    }

    private static JsonObject orEmpty(Path file) {
        return Files.exists(file) ? JsonFile.read(file) : new JsonObject();
    }

    private static JsonObject content(Path file, JsonObject config) {
        return switch (file.getFileName().toString()) {
            case VOCABULARY -> RobertaTokenizerJson.of(file, JsonFile.read(file), file.resolveSibling(MERGES));
            case SENTENCE_PIECE -> DebertaTokenizerJson.of(SentencePieceModel.read(file), config);
            case WORD_PIECE -> BertTokenizerJson.of(file, config);
            default -> JsonFile.read(file);
        };
    }

    private static Map<String, Integer> vocabulary(JsonElement vocabulary) {
        Map<String, Integer> ids = new HashMap<>();
        if (vocabulary.isJsonArray()) { // Unigram: [piece, score] by id
            JsonArray pieces = vocabulary.getAsJsonArray();
            for (int id = 0; id < pieces.size(); id++) {
                JsonArray piece = pieces.get(id).getAsJsonArray();
                if (piece.size() != 2 || !Double.isFinite(piece.get(1).getAsDouble())) {
                    throw new InvalidInputException(
                            "its piece %d is %s, not a text and its score".formatted(id, piece));
                }
                ids.put(piece.get(0).getAsString(), id);
            }
        } else {
            vocabulary.getAsJsonObject().asMap().forEach((token, id) -> {
                if (!TokenizerParts.isWhole(id, Integer.MAX_VALUE)) {
                    throw new InvalidInputException("its token '%s' has the id %s".formatted(token, id));
                }
                ids.put(token, id.getAsInt());
            });
        }
        return ids;
    }

    /** Makes of the file what transformers makes of it with the files beside it. */
    private void correct() {
        JsonArray added = AddedTokens.of(
                Map.copyOf(ids), root.get("added_tokens"), config, orEmpty(file.resolveSibling(ADDED_TOKENS)));
        root.add("added_tokens", added);
        added.forEach(token -> ids.put(
                token.getAsJsonObject().get("content").getAsString(),
                token.getAsJsonObject().get("id").getAsInt()));
        root.add("truncation", JsonNull.INSTANCE); // cutting and padding is done elsewhere
        root.add("padding", JsonNull.INSTANCE);
        correctDropout(root.getAsJsonObject("model"));
        correctPrefixSpace();
        correctNormalizer();
        correctPostProcessor();
    }

    /** Equal texts get equal ids. */
    private void correctDropout(JsonObject model) {
        JsonElement dropout = model.get("dropout");
        if (dropout != null && !dropout.isJsonNull()) {
            model.add("dropout", JsonNull.INSTANCE);
            if (dropout.getAsDouble() != 0) {
                LOG.warn("{}: its dropout of {} is left out, so that a text always has the same tokens", file, dropout);
            }
        }
    }

    private void correctPrefixSpace() {
        JsonElement flag = config.get("add_prefix_space");
        boolean isSaid = flag != null && !flag.isJsonNull();
        if (isSaid
                || (isByteLevel(root) && !isPlain())) { // RoBERTa's default is none, whatever the file was saved with
            boolean before = PrefixSpace.isAdded(root.get("pre_tokenizer"));
            boolean now = isSaid && flag.getAsBoolean();
            PrefixSpace.set(root, now);
            if (before != now) {
                LOG.warn(
                        "{}: puts {} before a text, but {}, which counts in transformers, puts {}; so that is done here",
                        file,
                        before ? "a space" : "no space",
                        isSaid ? CONFIG : "the default of its class",
                        now ? "one" : "none");
            }
        }
    }

    /** BERT's settings count, and lower-casing is the default, whatever the file was saved with. */
    private void correctNormalizer() {
        JsonElement normalizer = root.get("normalizer");
        if (normalizer == null
                || !normalizer.isJsonObject()
                || !"BertNormalizer"
                        .equals(normalizer.getAsJsonObject().get("type").getAsString())
                || isPlain()) {
            return;
        }
        JsonObject wanted = BertTokenizerJson.normalizer(config);
        if (!wanted.equals(normalizer)) {
            LOG.warn(
                    "{}: has the normalizer {}, {} asks for {}; the latter counts, as in transformers",
                    file,
                    normalizer,
                    CONFIG,
                    wanted);
            root.add("normalizer", wanted);
        }
    }

    private void correctPostProcessor() {
        PostProcessor own = PostProcessor.of(root.get("post_processor"));
        if (!own.beginsText() || (!isPlain() && !own.putsThere(configured("cls_token", "sep_token")))) {
            String cls = named("cls_token", "[CLS]", "<s>");
            String sep = named("sep_token", "[SEP]", "</s>");
            root.add("post_processor", PostProcessor.usual(cls, sep, ids));
            LOG.warn(
                    "{}: has no post-processor that puts {} before a text and {} after it, so that is done here, as transformers does",
                    file,
                    cls,
                    sep);
        }
    }

    /** The tokens of the vocabulary that the configuration has under these keys. */
    private Set<String> configured(String... keys) {
        return Stream.of(keys)
                .map(key -> AddedTokens.content(config.get(key)))
                .filter(ids::containsKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private String named(String key, String... usual) {
        String configured = AddedTokens.content(config.get(key));
        return Stream.concat(Stream.ofNullable(configured), Stream.of(usual))
                .filter(ids::containsKey)
                .findFirst()
                .orElseThrow(() -> new InvalidInputException(
                        "it puts no special tokens around a text and names none; name one as %s in %s"
                                .formatted(key, CONFIG)));
    }

    private boolean isPlain() {
        JsonElement name = config.get("tokenizer_class");
        return name != null && name.isJsonPrimitive() && PLAIN_CLASSES.contains(name.getAsString());
    }

    /** The whole {@code tokenizer.json}. */
    String json() {
        return GSON.toJson(root);
    }

    /** Without the decoder, which plays no part in encoding and so is not checked. */
    String encodingJson() {
        JsonObject encoding = new JsonObject();
        root.asMap().forEach((key, value) -> {
            if (!key.equals("decoder")) {
                encoding.add(key, value);
            }
        });
        return GSON.toJson(encoding);
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

    /** The id of the token that the configuration has under this key, or without that of one with a usual name. */
    private OptionalInt special(String key, String... usual) {
        String configured = AddedTokens.content(config.get(key));
        return Stream.concat(Stream.ofNullable(configured), Stream.of(usual))
                .filter(ids::containsKey)
                .mapToInt(ids::get)
                .findFirst();
    }

    /**
     * True if the text before a non-space that is followed by a space can be encoded without what follows: words are
     * split as BERT or GPT-2 do, which never joins a non-space with a space after it; the normalizer, if there is one, is
     * BERT's, which looks at single characters; and no added token has a space inside.
     */
    boolean splitsAtSpaces() {
        return splitsWordsAtSpaces()
                && addedTokens().noneMatch(token -> token.chars().anyMatch(Character::isWhitespace));
    }

    private boolean splitsWordsAtSpaces() {
        String normalizer = type("normalizer");
        if (type("pre_tokenizer").equals("BertPreTokenizer")) {
            return normalizer.isEmpty() || normalizer.equals("BertNormalizer");
        }
        if (!normalizer.isEmpty() || !isByteLevel(root)) {
            return false;
        }
        JsonElement regex = root.getAsJsonObject("pre_tokenizer").get("use_regex");
        return regex == null || regex.getAsBoolean();
    }

    /** True for the byte-level BPE of GPT-2 and RoBERTa. */
    private static boolean isByteLevel(JsonObject root) {
        JsonElement splitter = root.get("pre_tokenizer");
        return splitter != null
                && splitter.isJsonObject()
                && "ByteLevel".equals(splitter.getAsJsonObject().get("type").getAsString());
    }

    private String type(String part) {
        JsonElement element = root.get(part);
        return element == null || element.isJsonNull()
                ? ""
                : element.getAsJsonObject().get("type").getAsString();
    }

    private Stream<String> addedTokens() {
        return root.getAsJsonArray("added_tokens").asList().stream()
                .map(token -> token.getAsJsonObject().get("content").getAsString());
    }

    private InvalidInputException problem(String what) {
        return new InvalidInputException(file + ": " + what);
    }
}
