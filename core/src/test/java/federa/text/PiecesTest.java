package federa.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PiecesTest {

    private static final String EMOJI = "\uD83D\uDE00";

    private static Tokenizer bytes;
    private static Tokenizer sentencePiece;

    @BeforeAll
    static void load() throws URISyntaxException {
        bytes = Tokenizer.load(Path.of("../model-store/models/roberta-mini"));
        sentencePiece = Tokenizer.load(
                Path.of(PiecesTest.class.getResource("/tokenizer/spm-tiny").toURI()));
    }

    @AfterAll
    static void close() {
        bytes.close();
        sentencePiece.close();
    }

    @Test
    void aPieceStandsWhereItsLettersAreWithoutTheSpaceBefore() {
        Pieces pieces = bytes.pieces("Hello  world!");
        assertThat(pieces.ids()).containsExactly(43, 500, 82, 224, 1018, 4);
        assertThat(pieces.starts()).containsExactly(0, 1, 4, 6, 7, 12);
        assertThat(pieces.ends()).containsExactly(1, 4, 5, 6, 12, 13);
        assertThat(words(sentencePiece, "the tokenizer of the model"))
                .contains("the", "of", "model")
                .doesNotContain(" the");
    }

    @Test
    void anEmptyTextHasNoPieces() {
        assertThat(bytes.pieces("").size()).isZero();
        assertThat(sentencePiece.pieces("").size()).isZero();
        assertThat(bytes.pieces(List.of())).isEmpty();
    }

    @Test
    void aNullTextIsRefused() {
        assertThatThrownBy(() -> bytes.pieces((String) null)).hasMessageContaining("text is null");
        assertThatThrownBy(() -> bytes.pieces(Arrays.asList("a", null))).hasMessageContaining("text is null");
    }

    @Test
    void bytesOfOneCharacterHaveItsSpanEach() {
        Pieces pieces = bytes.pieces("a" + EMOJI + "b");
        assertThat(pieces.size()).isGreaterThan(3);
        for (int i = 1; i < pieces.size() - 1; i++) {
            assertThat(pieces.starts()[i]).isEqualTo(1);
            assertThat(pieces.ends()[i]).isEqualTo(3);
        }
        assertThat(pieces.starts()[pieces.size() - 1]).isEqualTo(3);
    }

    @Test
    void spansCountCharsAfterCharactersOutsideTheBasicPlane() {
        String text = EMOJI + EMOJI + " the \uD842\uDFB7 of";
        assertThat(words(bytes, text)).contains("the", "of");
        assertThat(words(sentencePiece, text)).contains("the", "of");
    }

    @Test
    void halfASurrogatePairIsACharacterOfItsOwn() {
        for (String text : List.of("\uD83D the", EMOJI + "\uDE00 the " + EMOJI, "the \uD83D")) {
            assertThat(words(bytes, text)).as(text).contains("the");
            assertThat(words(sentencePiece, text)).as(text).contains("the");
        }
        Pieces lone = bytes.pieces("\uD83D");
        assertThat(lone.starts()).containsOnly(0);
        assertThat(lone.ends()).containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain words",
                "tab\tnew\nline\r\n\r\nmore  spaces   ",
                "caf\u00e9 cafe\u0301 \u0301",
                "\u4f60\u597d\uff0c\u4e16\u754c",
                "x" + EMOJI + "y " + EMOJI + EMOJI,
                "no\u00a0break \u3000ideographic",
                "a <mask> b</s>",
                "lone \uD83D and \uDE00",
                "\u200b\u202e"
            })
    void everyVisibleCharacterIsInAByteLevelPiece(String text) {
        Pieces pieces = bytes.pieces(text);
        boolean[] covered = new boolean[text.length()];
        for (int i = 0; i < pieces.size(); i++) {
            Arrays.fill(covered, pieces.starts()[i], pieces.ends()[i], true);
        }
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            boolean space = Character.isWhitespace(character) || Character.isSpaceChar(character);
            assertThat(covered[i] || space).as("character %d", i).isTrue();
        }
    }

    @Test
    void spansAreInOrderInsideTheTextAndFreeOfOuterSpace() {
        Random random = new Random(4);
        String[] units = {
            " ",
            "  ",
            "\n",
            "\t",
            "\u00a0",
            "\u3000",
            "word",
            "ing",
            "the",
            "\u00e9",
            "e\u0301",
            "\u4f60",
            EMOJI,
            "\uD83D",
            "42",
            "!?",
            "'s",
            "<mask>",
            "[MASK]",
            "</s>",
            "\ufb01",
            "\ufdfa",
            "\u1112\u1161\u11ab",
            "\u200b",
            "\u2581"
        };
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(20); k >= 0; k--) {
                text.append(units[random.nextInt(units.length)]);
            }
            texts.add(text.toString());
        }
        for (Tokenizer tokenizer : List.of(bytes, sentencePiece)) {
            List<Pieces> all = tokenizer.pieces(texts);
            for (int t = 0; t < texts.size(); t++) {
                String text = texts.get(t);
                Pieces pieces = all.get(t);
                int last = 0;
                for (int i = 0; i < pieces.size(); i++) {
                    int start = pieces.starts()[i];
                    int end = pieces.ends()[i];
                    assertThat(start).as(text).isBetween(0, end);
                    assertThat(end).as(text).isBetween(last, text.length());
                    assertThat(text.substring(start, end).strip()).hasSize(end - start);
                    last = end;
                }
                assertThat(tokenizer.pieces(text).ids()).isEqualTo(pieces.ids());
                for (int max : new int[] {2, 3, 7, 1000}) {
                    int[] cut = Arrays.copyOf(pieces.ids(), Math.min(max - 2, pieces.size()));
                    assertThat(tokenizer.encode(text, max)).as(text).isEqualTo(tokenizer.frame(cut));
                }
            }
        }
    }

    @Test
    void wholeWordsReadBackFromTheirSpans() {
        String text = "Which of the models was trained by the clients?";
        for (Tokenizer tokenizer : List.of(bytes, sentencePiece)) {
            assertThat(words(tokenizer, text)).contains("of", "the", "was", "by");
            Pieces pieces = tokenizer.pieces(text);
            StringBuilder read = new StringBuilder();
            for (int i = 0; i < pieces.size(); i++) {
                read.append(text, pieces.starts()[i], pieces.ends()[i]);
            }
            assertThat(read).hasToString(text.replace(" ", ""));
        }
    }

    @Test
    void aTextAndAPairAreFramedAsTheModelWantsThem() {
        int[] first = {10, 11};
        int[] second = {12};
        assertThat(bytes.frame(first)).containsExactly(0, 10, 11, 2);
        assertThat(bytes.frame(first, second)).containsExactly(0, 10, 11, 2, 2, 12, 2);
        assertThat(sentencePiece.frame(first)).containsExactly(1, 10, 11, 2);
        assertThat(sentencePiece.frame(first, second)).containsExactly(1, 10, 11, 2, 12, 2);
        assertThat(bytes.frame(new int[0], new int[0])).containsExactly(0, 2, 2, 2);
        assertThat(List.of(bytes.leading(), bytes.between(), bytes.trailing())).containsExactly(1, 2, 1);
        assertThat(List.of(sentencePiece.leading(), sentencePiece.between(), sentencePiece.trailing()))
                .containsExactly(1, 1, 1);
    }

    @Test
    void theMaskIsKnown() {
        assertThat(bytes.maskId()).isEqualTo(8191);
        assertThat(sentencePiece.maskId()).isEqualTo(1200);
        assertThat(sentencePiece.pieces("[MASK]").ids()).containsExactly(1200);
        assertThat(sentencePiece.padId()).isZero();
    }

    @Test
    void aRangeKeepsThePlacesInTheText() {
        Pieces pieces = bytes.pieces("one two three");
        Pieces middle = pieces.range(1, pieces.size());
        assertThat(middle.size()).isEqualTo(pieces.size() - 1);
        assertThat(middle.starts()[0]).isEqualTo(pieces.starts()[1]);
        assertThat(pieces.range(1, 1).size()).isZero();
        assertThatThrownBy(() -> pieces.range(0, pieces.size() + 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new Pieces(new int[2], new int[2], new int[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 ids with 2 starts and 1 ends");
    }

    /** What stands in the text at each span. */
    private static List<String> words(Tokenizer tokenizer, String text) {
        Pieces pieces = tokenizer.pieces(text);
        return IntStream.range(0, pieces.size())
                .mapToObj(i -> text.substring(pieces.starts()[i], pieces.ends()[i]))
                .toList();
    }
}
