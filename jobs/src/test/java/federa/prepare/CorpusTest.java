package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

    @TempDir
    Path folder;

    @Test
    void everyLongEnoughLineIsARowWithoutClasses() {
        Fixture.write(
                folder.resolve("train/a/part.txt"), "Title\n\n  The first paragraph. \r\n\t\nshort \ud83d\ude00\n");
        Fixture.write(
                folder.resolve("train/b/part.txt.gz"), Fixture.gzip("The first paragraph.\nAnother \ud83d\ude00."));
        String test = Fixture.write(folder.resolve("test.txt"), "One more line");

        try (Prepared prepared =
                Fixture.prepare(new Corpus(folder.resolve("train").toString(), test, 8))) {
            assertThat(prepared.kind()).isEqualTo(Kind.TEXTS);
            assertThat(prepared.labels()).isEmpty();
            assertThat(Fixture.rows(prepared))
                    .containsOnlyKeys(
                            "train-a/part.txt:000000003",
                            "train-b/part.txt.gz:000000001",
                            "train-b/part.txt.gz:000000002",
                            "test-test.txt:000000001")
                    .containsEntry("train-a/part.txt:000000003", "train|text|The first paragraph.")
                    .containsEntry("train-b/part.txt.gz:000000002", "train|text|Another \ud83d\ude00.");
            assertThat(prepared.rows().where("key = 'a/part.txt'").count()).isEqualTo(1);
        }
    }

    @Test
    void aCorpusWithoutALongEnoughLineIsRefused() {
        String tiny = Fixture.write(folder.resolve("short.txt"), "a\nb\n");
        assertThatThrownBy(() -> Fixture.prepare(new Corpus(tiny, tiny, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("corpus: there are no usable train rows; check what the path names");
        assertThatThrownBy(() -> new Corpus(tiny, tiny, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data.source.min-characters must be at least 1, got 0");
    }
}
