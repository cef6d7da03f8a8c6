package federa.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids and spans are those of Hugging Face's fast tokenizers; see the README.md beside the reference lines. */
class ReferenceTest {

    private static final Path MINI = Path.of("../model-store/models/roberta-mini");

    @TempDir
    private Path directory;

    /** A line of a file of reference. */
    private record Line(String text, int[] ids, int[] starts, int[] ends, int[] pair, int[] types) {}

    @Test
    void aVocabularyOfWordPiecesGivesTheTokensOfTheReference() {
        assertAsReference(resource("/tokenizer/bert-tiny/vocab.txt").getParent(), "bert-tiny", 2, 3, 4);
    }

    @Test
    void aSentencePieceModelGivesTheTokensOfTheReference() {
        assertAsReference(resource("/tokenizer/spm-tiny/spm.model").getParent(), "spm-tiny", 1, 2, 1200);
    }

    @Test
    void thePublishedModelOfDebertaGivesTheTokensOfTheReference() {
        assertAsReference(PublishedTokenizers.directory("deberta-v3-base"), "deberta-v3-base", 1, 2, 128_000);
    }

    @Test
    void vocabularyAndMergesGiveTheTokensOfTheReference() throws IOException {
        copy(MINI, "vocab.json", "merges.txt", "tokenizer_config.json");
        assertAsReference(directory, "roberta-mini", 0, 2, 8191);
    }

    @Test
    void aWholeTokenizerFileGivesTheTokensOfTheReference() throws IOException {
        copy(MINI, "tokenizer.json");
        assertAsReference(directory, "roberta-mini", 0, 2, 8191);
    }

    @Test
    void thePublishedFilesOfRobertaGiveTheTokensOfTheReferenceEitherWay() throws IOException {
        Path published = PublishedTokenizers.directory("roberta-base");
        copy(published, "vocab.json", "merges.txt");
        assertAsReference(directory, "roberta-base", 0, 2, 50_264);
        copy(published, "tokenizer.json");
        assertAsReference(directory, "roberta-base", 0, 2, 50_264);
    }

    private static void assertAsReference(Path tokenizerFiles, String name, int begin, int end, int mask) {
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFiles)) {
            assertThat(tokenizer.frame(new int[0])).containsExactly(begin, end);
            assertThat(tokenizer.maskId()).isEqualTo(mask);
            int[] second = tokenizer.pieces("a b").ids();
            List<Line> lines = lines(name);
            assertThat(lines).hasSizeGreaterThan(40);
            List<Pieces> batch = tokenizer.pieces(lines.stream().map(Line::text).toList());
            for (int i = 0; i < lines.size(); i++) {
                Line line = lines.get(i);
                for (Pieces pieces : List.of(tokenizer.pieces(line.text()), batch.get(i))) {
                    assertThat(pieces.ids()).as("ids of '%s'", line.text()).isEqualTo(line.ids());
                    assertThat(pieces.starts())
                            .as("starts of '%s'", line.text())
                            .isEqualTo(line.starts());
                    assertThat(pieces.ends()).as("ends of '%s'", line.text()).isEqualTo(line.ends());
                    assertThat(tokenizer.frame(pieces.ids(), second)).isEqualTo(line.pair());
                    if (line.types() != null) {
                        assertThat(tokenizer.tokenTypes(pieces.size(), second.length))
                                .isEqualTo(line.types());
                    }
                }
            }
        }
    }

    private static List<Line> lines(String name) {
        try {
            return Files.readAllLines(resource("/tokenizer/reference/" + name + ".jsonl")).stream()
                    .map(line -> new Gson().fromJson(line, Line.class))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void copy(Path from, String... files) throws IOException {
        for (String file : files) {
            Files.copy(from.resolve(file), directory.resolve(file));
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(ReferenceTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
