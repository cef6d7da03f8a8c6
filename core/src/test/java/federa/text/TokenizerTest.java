package federa.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static final int BOS = 0;
    private static final int EOS = 2;

    private static final Path MODEL = Path.of("../model-store/models/roberta-mini");

    private static final Path BERT = Path.of("src/test/resources/tokenizer/bert-tiny");

    private static final String END_ONLY =
            """
            {"type": "TemplateProcessing",
             "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "end", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
             "special_tokens": {"end": {"id": "end", "ids": [2], "tokens": ["x"]}}}
            """;

    private static final String NO_FRAME =
            """
            {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
             "special_tokens": {}}
            """;

    private static Path mini;
    private static Tokenizer tokenizer;

    @TempDir
    Path directory;

    @BeforeAll
    static void load() throws URISyntaxException {
        mini = Path.of(
                TokenizerTest.class.getResource("/tokenizer/roberta-mini").toURI());
        tokenizer = Tokenizer.load(mini);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void textStandsBetweenSpecialTokens() {
        assertThat(tokenizer.encode("Hello world!", 128)).containsExactly(BOS, 43, 500, 82, 1018, 4, EOS);
    }

    @Test
    void longTextLosesItsEndButNotTheSpecialTokens() {
        assertThat(tokenizer.encode("Hello world!", 7)).containsExactly(BOS, 43, 500, 82, 1018, 4, EOS);
        assertThat(tokenizer.encode("Hello world!", 5)).containsExactly(BOS, 43, 500, 82, EOS);
        assertThat(tokenizer.encode("Hello world!", 2)).containsExactly(BOS, EOS);
        assertThatThrownBy(() -> tokenizer.encode("Hello world!", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max tokens must be >= 2");
    }

    @Test
    void theTokenTypesOfAPairAreThoseOfItsTemplate() {
        assertThat(tokenizer.tokenTypes(3)).containsExactly(0, 0, 0, 0, 0);
        assertThat(tokenizer.tokenTypes(2, 1)).containsOnly(0).hasSize(7);
        try (Tokenizer twoTypes = Tokenizer.load(BERT)) {
            assertThat(twoTypes.tokenTypes(3)).containsExactly(0, 0, 0, 0, 0);
            assertThat(twoTypes.tokenTypes(2, 1)).containsExactly(0, 0, 0, 0, 1, 1);
            assertThat(twoTypes.tokenTypes(0, 0)).containsExactly(0, 0, 1);
        }
    }

    @Test
    void emptyTextIsTheSpecialTokensAlone() {
        assertThat(tokenizer.encode("", 128)).containsExactly(BOS, EOS);
    }

    @Test
    void nullTextIsRefused() {
        assertThatThrownBy(() -> tokenizer.encode((String) null, 128))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text is null");
        assertThatThrownBy(() -> tokenizer.encode(Arrays.asList("a", null), 128))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oddTextsAreEncoded() {
        for (String odd : List.of("a\0b", "\uD800 lone surrogate", "\uDE00\uD83D", "\uFEFFbom", "\u202e\u0301")) {
            assertThat(tokenizer.encode(odd, 128)).hasSizeGreaterThan(2);
        }
    }

    @Test
    void halfASurrogatePairSpoilsNothingElse() {
        assertThat(tokenizer.encode("\uD83D\uDE00 x \uD83D", 128))
                .isEqualTo(tokenizer.encode("\uD83D\uDE00 x \uFFFD", 128));
        assertThat(tokenizer.encode(List.of("\uDE00 \uD83D\uDE00"), 128).get(0))
                .isEqualTo(tokenizer.encode("\uFFFD \uD83D\uDE00", 128));
    }

    /** Looking only at the start of a text must not change its first ids: texts of everything that could matter. */
    @ParameterizedTest
    @ValueSource(strings = {"roberta-mini", "bert-tiny"})
    void startOfALongTextHasTheIdsOfTheWhole(String name) throws IOException {
        Path files = Path.of("src/test/resources/tokenizer", name);
        Files.writeString(directory.resolve("tokenizer.json"), Tokenizer.json(files));
        String[] pieces = {
            " ",
            " ",
            "  ",
            "\n",
            "\r\n",
            "\t",
            "\u00a0",
            "\u3000",
            "\u2028",
            "\u0085",
            "\u001c",
            "a",
            "Word",
            "word",
            "it's",
            "'",
            "'r",
            "e",
            "'ll",
            "42",
            "7",
            "!?",
            "...",
            "=====",
            "<mask>",
            "[MASK]",
            "\u0345",
            "I\u0307",
            "<ma",
            "sk>",
            "</s>",
            "<s",
            "<pad>",
            "\u00e9",
            "e\u0301",
            "\u0301",
            "\u200b",
            "\u4f60\u597d",
            "\uD83D\uDE00",
            "\uD83D",
            "\uFFFF"
        };
        // Many characters to a token, so that the end of what is looked at comes into play.
        String[] dense = {
            "=".repeat(32),
            "=".repeat(31),
            " ".repeat(9) + "<mask>",
            "<mask>",
            "</s>",
            " ",
            "\n",
            " Wikipedia",
            " United",
            " government",
            "\t",
            "word"
        };
        Random random = new Random(5);
        Map<String, String> plain = Map.of("padding", "false", "truncation", "false", "addSpecialTokens", "false");
        try (HuggingFaceTokenizer reference = HuggingFaceTokenizer.newInstance(directory, plain);
                Tokenizer checked = Tokenizer.load(files)) {
            List<String> texts = new ArrayList<>();
            int maxTokens = 9;
            for (int i = 0; i < 700; i++) {
                StringBuilder text = new StringBuilder();
                int length = random.nextInt(120);
                String[] drawn = i % 3 == 0 ? pieces : dense;
                for (int k = 0; k < length; k++) {
                    text.append(drawn[random.nextInt(drawn.length)]);
                }
                texts.add(text.toString());
            }
            List<int[]> batch = checked.encode(texts, maxTokens);
            for (int i = 0; i < texts.size(); i++) {
                long[] whole =
                        reference.encode(withoutLoneSurrogates(texts.get(i))).getIds();
                for (int max : new int[] {2, 3, 5, maxTokens, 40}) {
                    assertThat(checked.encode(texts.get(i), max))
                            .as(texts.get(i))
                            .isEqualTo(framed(checked, whole, max));
                }
                assertThat(batch.get(i)).isEqualTo(framed(checked, whole, maxTokens));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"some words and ", "x", " ", "\uD83D\uDE00", "=", "\n", "a\u00a0"})
    void aMegabyteIsEncodedQuickly(String unit) {
        String text = unit.repeat(1_000_000 / unit.length());
        long start = System.nanoTime();
        assertThat(tokenizer.encode(text, 128)).hasSize(128);
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(30); // measured: 0.001 to 1.4 on a quiet machine
    }

    @Test
    void severalThreadsGetTheSameIds() {
        List<String> texts = IntStream.range(0, 2000)
                .mapToObj(i -> "Text number " + i * 7919 + " of several threads, unseen-word" + i)
                .toList();
        List<int[]> expected = tokenizer.encode(texts, 32);
        List<int[]> actual =
                texts.parallelStream().map(text -> tokenizer.encode(text, 32)).toList();
        for (int i = 0; i < texts.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void closedTokenizerSaysSo() {
        Tokenizer other = Tokenizer.load(mini);
        other.close();
        other.close();
        assertThatThrownBy(() -> other.encode("a", 8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void vocabularyIsKnown() {
        assertThat(tokenizer.padId()).isEqualTo(1);
        assertThat(tokenizer.vocabularySize()).isEqualTo(8192);
        tokenizer.requireFits(8192);
        assertThatThrownBy(() -> tokenizer.requireFits(8191))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokenizer.json: token '<mask>' has id 8191")
                .hasMessageContaining("vocabulary has 8191 entries");
    }

    @Test
    void tokenizerConfigDecidesAboutALeadingSpace() throws IOException {
        Files.copy(mini.resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"add_prefix_space\": true}");
        try (Tokenizer spaced = Tokenizer.load(directory)) {
            assertThat(spaced.encode("world", 8)).isEqualTo(tokenizer.encode(" world", 8));
            assertThat(spaced.encode("<b> & \u00e9\u4f60 </s>", 30))
                    .isEqualTo(tokenizer.encode(" <b> & \u00e9\u4f60 </s>", 30));
        }
    }

    @Test
    void withoutAConfigurationRobertaPutsNoSpaceBeforeAText() throws IOException {
        String saved = Files.readString(mini.resolve("tokenizer.json"));
        String spaced = saved.replaceAll("\"add_prefix_space\": ?false", "\"add_prefix_space\": true");
        assertThat(spaced).isNotEqualTo(saved);
        Files.writeString(directory.resolve("tokenizer.json"), spaced);
        try (Tokenizer asHuggingFaceLoadsIt = Tokenizer.load(directory)) {
            assertThat(asHuggingFaceLoadsIt.encode("Hello world!", 128))
                    .containsExactly(BOS, 43, 500, 82, 1018, 4, EOS);
            assertThat(asHuggingFaceLoadsIt.pieces("world").starts()).startsWith(0);
        }
    }

    @Test
    void robertaBaseGivesItsPublishedIds() {
        try (Tokenizer published = Tokenizer.load(PublishedTokenizers.directory("roberta-base"))) {
            assertThat(published.encode("Hello world!", 128)).containsExactly(BOS, 31414, 232, 328, EOS);
            assertThat(published.encode("This is an example", 128)).containsExactly(BOS, 713, 16, 41, 1246, EOS);
            assertThat(published.vocabularySize()).isEqualTo(50265);
            assertThat(published.maskId()).isEqualTo(50264);
        }
    }

    @Test
    void vocabularyAndMergesStandForTheWholeFile() throws IOException {
        Files.copy(MODEL.resolve("vocab.json"), directory.resolve("vocab.json"));
        assertThatThrownBy(() -> Tokenizer.load(directory)).hasMessageContaining("no vocab.json with merges.txt");
        Files.copy(MODEL.resolve("merges.txt"), directory.resolve("merges.txt"));
        List<String> texts = List.of("Hello world!", " a <mask> b ", "caf\u00e9 \uD83D\uDE00\tx  y", "</s><s>", "");
        try (Tokenizer built = Tokenizer.load(directory)) {
            for (String text : texts) {
                assertThat(built.encode(text, 128)).isEqualTo(tokenizer.encode(text, 128));
            }
            assertThat(built.maskId()).isEqualTo(tokenizer.maskId());
            assertThat(built.padId()).isEqualTo(tokenizer.padId());
        }
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"add_prefix_space\": true}");
        try (Tokenizer spaced = Tokenizer.load(directory)) {
            assertThat(spaced.encode("world", 8)).isEqualTo(tokenizer.encode(" world", 8));
        }
    }

    @Test
    void badVocabulariesAndMergesAreExplained() throws IOException {
        String vocabulary = Files.readString(MODEL.resolve("vocab.json"));
        Files.copy(MODEL.resolve("merges.txt"), directory.resolve("merges.txt"));
        Files.writeString(directory.resolve("vocab.json"), vocabulary.replace("\"</s>\"", "\"<end>\""));
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vocab.json: has no token '</s>', so it is not RoBERTa's");
        for (String bad : List.of("", "[]", "{\"<s>\": {}}", vocabulary.substring(0, 1000))) {
            Files.writeString(directory.resolve("vocab.json"), bad);
            assertThatThrownBy(() -> Tokenizer.load(directory))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("vocab.json");
        }
        Files.writeString(directory.resolve("vocab.json"), vocabulary);
        Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\nt h\n\nthe\n");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("merges.txt: line 4 is no pair of tokens, 'the'");
        Files.writeString(directory.resolve("merges.txt"), "t zzzzzz\n");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no tokenizer that can be loaded");
    }

    @Test
    void theSettingsOfDebertaCountForItsSentencePieceModel() throws IOException {
        try (var in = TokenizerTest.class.getResourceAsStream("/tokenizer/spm-tiny/spm.model")) {
            Files.copy(in, directory.resolve("spm.model"));
        }
        try (Tokenizer plain = Tokenizer.load(directory)) {
            int[] lower = plain.encode("the model", 30);
            assertThat(plain.encode("The Model", 30)).isNotEqualTo(lower);
            Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}");
            try (Tokenizer lowering = Tokenizer.load(directory)) {
                assertThat(lowering.encode("The Model", 30)).isEqualTo(lower);
            }
            Files.writeString(directory.resolve("tokenizer_config.json"), "{\"split_by_punct\": true}");
            try (Tokenizer splitting = Tokenizer.load(directory)) {
                assertThat(splitting.encode("a-b", 30)).isEqualTo(plain.encode("a - b", 30));
            }
            Files.writeString(directory.resolve("tokenizer_config.json"), "{\"add_prefix_space\": false}");
            try (Tokenizer unspaced = Tokenizer.load(directory)) {
                assertThat(unspaced.encode("a the", 30)).isNotEqualTo(plain.encode("a the", 30));
            }
        }
    }

    @Test
    void aTextHasTheSameTokensInEveryLoad() throws IOException {
        String saved = Files.readString(mini.resolve("tokenizer.json"));
        String random = saved.replaceAll("\"dropout\": ?null", "\"dropout\": 0.5");
        assertThat(random).isNotEqualTo(saved);
        Files.writeString(directory.resolve("tokenizer.json"), random);
        String text = "The quick brown fox jumps over the lazy dog, again and again and again.";
        try (Tokenizer one = Tokenizer.load(directory)) {
            assertThat(one.encode(text, 128)).isEqualTo(tokenizer.encode(text, 128));
        }
    }

    @Test
    void aTokenizerWithoutAMaskSaysSoWhenAsked() throws IOException {
        String whole = Files.readString(mini.resolve("tokenizer.json"));
        Files.writeString(directory.resolve("tokenizer.json"), whole.replace("<mask>", "<hide>"));
        try (Tokenizer maskless = Tokenizer.load(directory)) {
            assertThatThrownBy(maskless::maskId)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tokenizer.json: has no mask token");
        }
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"mask_token\": \"<hide>\"}");
        try (Tokenizer named = Tokenizer.load(directory)) {
            assertThat(named.maskId()).isEqualTo(8191);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    tokenizer_config.json   | {"added_tokens_decoder": {"8192": {"content": "<e1>"}}}
                    tokenizer_config.json   | {"additional_special_tokens": ["<e1>"]}
                    tokenizer_config.json   | {"extra_special_tokens": {"entity_token": {"content": "<e1>"}}}
                    special_tokens_map.json | {"bos_token": {"content": "<e1>", "lstrip": false}}
                    added_tokens.json       | {"<e1>": 8192}
                    """)
    void tokensThatAFileBesideTheTokenizerAddsAreFoundAndExported(String file, String content) throws IOException {
        Files.copy(MODEL.resolve("vocab.json"), directory.resolve("vocab.json"));
        Files.copy(MODEL.resolve("merges.txt"), directory.resolve("merges.txt"));
        Files.writeString(directory.resolve(file), content);
        assertThat(Tokenizer.FILES).contains(file);
        assertThat(Tokenizer.json(directory)).contains("<e1>");
        try (Tokenizer added = Tokenizer.load(directory)) {
            assertThat(added.pieces("a<e1>b").ids()).hasSize(3).contains(8192);
            assertThat(added.vocabularySize()).isEqualTo(8193);
        }
        if (file.equals("added_tokens.json")) {
            Files.writeString(directory.resolve(file), "{\"<e1>\": \"x\"}");
            assertThatThrownBy(() -> Tokenizer.load(directory))
                    .hasMessageContaining("added_tokens.json says that the added token '<e1>' has the id \"x\"");
        }
        if (content.contains("8192")) {
            Files.writeString(directory.resolve(file), content.replace("8192", "8200"));
            assertThatThrownBy(() -> Tokenizer.load(directory))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'<e1>' has the id 8200, but")
                    .hasMessageContaining("would be 8192");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "{\"type\": \"ByteLevel\"}", NO_FRAME, END_ONLY})
    void aTokenizerThatPutsNoSpecialTokensAroundATextGetsThoseOfItsKind(String postProcessor) throws IOException {
        for (Path files : List.of(mini, BERT)) {
            JsonObject root = JsonParser.parseString(Tokenizer.json(files)).getAsJsonObject();
            root.add("post_processor", JsonParser.parseString(postProcessor));
            Files.writeString(directory.resolve("tokenizer.json"), root.toString());
            try (Tokenizer bare = Tokenizer.load(directory);
                    Tokenizer whole = Tokenizer.load(files)) {
                assertThat(bare.encode("Hello", 9)).isEqualTo(whole.encode("Hello", 9));
                assertThat(bare.frame(new int[] {7}, new int[] {8}))
                        .isEqualTo(whole.frame(new int[] {7}, new int[] {8}));
                assertThat(bare.tokenTypes(1, 1)).isEqualTo(whole.tokenTypes(1, 1));
            }
        }
    }

    /** As in transformers, whose classes for these models put around a text what they are told; a plain one does not. */
    @Test
    void theTokensThatTheConfigurationNamesArePutAroundAText() throws IOException {
        Files.writeString(directory.resolve("tokenizer.json"), Tokenizer.json(mini));
        String named = "{\"cls_token\": \"<mask>\", \"tokenizer_class\": \"%s\"}";
        try (Tokenizer whole = Tokenizer.load(mini)) {
            int[] usual = whole.encode("Hello", 9);
            Files.writeString(directory.resolve("tokenizer_config.json"), named.formatted("RobertaTokenizer"));
            try (Tokenizer other = Tokenizer.load(directory)) {
                assertThat(other.encode("Hello", 9)[0])
                        .isEqualTo(whole.maskId())
                        .isNotEqualTo(usual[0]);
            }
            Files.writeString(directory.resolve("tokenizer_config.json"), named.formatted("PreTrainedTokenizerFast"));
            try (Tokenizer plain = Tokenizer.load(directory)) {
                assertThat(plain.encode("Hello", 9)).isEqualTo(usual);
            }
        }
    }

    @Test
    void bothWaysToSayThatASpaceGoesBeforeATextAreUnderstood() throws IOException {
        Path spm = Path.of("src/test/resources/tokenizer/spm-tiny");
        String saved = Tokenizer.json(spm);
        String both = saved.replace(
                "\"prepend_scheme\":\"always\"", "\"prepend_scheme\":\"always\",\"add_prefix_space\":true");
        assertThat(both).isNotEqualTo(saved);
        Files.writeString(directory.resolve("tokenizer.json"), both);
        try (Tokenizer plain = Tokenizer.load(spm)) {
            for (String flag : List.of("true", "false", "null")) {
                Files.writeString(directory.resolve("tokenizer_config.json"), "{\"add_prefix_space\": " + flag + "}");
                try (Tokenizer loaded = Tokenizer.load(directory)) {
                    assertThat(loaded.encode("the model", 30)).isEqualTo(plain.encode("the model", 30));
                }
            }
        }
    }

    @Test
    void theSettingsOfBertCountWhateverItsFileWasSavedWith() throws IOException {
        Files.copy(BERT.resolve("vocab.txt"), directory.resolve("vocab.txt"));
        try (Tokenizer lowering = Tokenizer.load(directory)) {
            int[] lower = lowering.encode("the caf\u00e9 \u4f60", 30);
            assertThat(lowering.encode("The CAF\u00c9\u4f60", 30)).isEqualTo(lower);
            for (String whole : List.of("", "tokenizer.json")) {
                if (!whole.isEmpty()) {
                    Files.writeString(directory.resolve(whole), Tokenizer.json(BERT));
                }
                Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
                assertThat(encoded("The")).isEqualTo(encoded("[UNK]"));
                Files.writeString(directory.resolve("tokenizer_config.json"), "{\"strip_accents\": false}");
                assertThat(encoded("The caf\u00e9")).isNotEqualTo(encoded("the cafe"));
                Files.writeString(directory.resolve("tokenizer_config.json"), "{\"tokenize_chinese_chars\": false}");
                assertThat(encoded("\u4f60\u4f60")).hasSize(3);
                Files.writeString(directory.resolve("tokenizer_config.json"), "{\"do_basic_tokenize\": false}");
                assertThatThrownBy(() -> Tokenizer.load(directory))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("do_basic_tokenize");
            }
        }
    }

    private int[] encoded(String text) {
        try (Tokenizer loaded = Tokenizer.load(directory)) {
            return loaded.encode(text, 30);
        }
    }

    @Test
    void badDirectoriesAreExplained() throws IOException {
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds no tokenizer.json")
                .hasMessageContaining("vocab.json with merges.txt")
                .hasMessageContaining("spm.model");
        String whole = Files.readString(mini.resolve("tokenizer.json"));
        for (String bad :
                List.of("", "[]", "{}", "{\"model\":{}}", "{\"model\":{\"vocab\":{}}}", whole.substring(0, 100_000))) {
            Files.writeString(directory.resolve("tokenizer.json"), bad);
            assertThatThrownBy(() -> Tokenizer.load(directory))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tokenizer.json");
        }
        Files.writeString(
                directory.resolve("tokenizer.json"), "{\"model\":{\"type\":\"Nonsense\",\"vocab\":{\"<pad>\":0}}}");
        assertThatThrownBy(() -> Tokenizer.load(directory))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no tokenizer that can be loaded");
        Files.writeString(directory.resolve("tokenizer.json"), whole.replace("<pad>", "<fill>"));
        assertThatThrownBy(() -> Tokenizer.load(directory)).hasMessageContaining("has no padding token");
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"pad_token\": \"<none>\"}");
        try (Tokenizer added = Tokenizer.load(directory)) { // as transformers does
            assertThatThrownBy(() -> added.requireFits(8192)).hasMessageContaining("token '<none>' has id 8192");
        }
        Files.writeString(directory.resolve("tokenizer_config.json"), "{\"pad_token\": {\"content\": \"<fill>\"}}");
        try (Tokenizer filled = Tokenizer.load(directory)) {
            assertThat(filled.padId()).isEqualTo(1);
        }
    }

    private static String withoutLoneSurrogates(String text) {
        StringBuilder whole = new StringBuilder();
        text.codePoints().forEach(c -> whole.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return whole.toString();
    }

    private static int[] framed(Tokenizer tokenizer, long[] content, int maxTokens) {
        int kept = Math.min(content.length, maxTokens - 2);
        return tokenizer.frame(
                Arrays.stream(content).limit(kept).mapToInt(id -> (int) id).toArray());
    }
}
