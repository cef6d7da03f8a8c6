package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwentyNewsgroupsTest {

    @TempDir
    Path folder;

    private static Map<String, String> messages() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("20news-bydate-test/", "");
        files.put("20news-bydate-test/sci.space/9", "From: a@b\n\n> quoted\r\nanswer\n");
        files.put("20news-bydate-train/rec.autos/1", "Subject: caf\u00e9\n\nUn caf\u00e9");
        files.put("./20news-bydate-train/sci.space/2", "moon");
        files.put("20news-bydate-train/sci.space/._2", "what macOS leaves behind");
        return files;
    }

    @Test
    void readsMessagesAsLatinOneAndTheirPathIsTheirId() {
        String archive = Fixture.write(folder.resolve("news.tar.gz"), Fixture.gzip(Fixture.tar(messages())));

        try (Prepared prepared = Fixture.prepare(new TwentyNewsgroups(archive))) {
            assertThat(Fixture.rows(prepared))
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "20news-bydate-test/sci.space/9", "test|sci.space|From: a@b  > quoted answer",
                            "20news-bydate-train/rec.autos/1", "train|rec.autos|Subject: caf\u00e9  Un caf\u00e9",
                            "20news-bydate-train/sci.space/2", "train|sci.space|moon"));
            assertThat(prepared.rows().schema()).isEqualTo(Kind.TEXTS.schema());
        }
    }

    @Test
    void anEmptyMessageIsMalformedAndNamed() {
        Map<String, String> files = messages();
        files.put("20news-bydate-train/sci.space/3", " \n");
        String archive = Fixture.write(folder.resolve("news.tgz"), Fixture.gzip(Fixture.tar(files)));

        try (Prepared prepared = Fixture.prepare(new TwentyNewsgroups(archive), 0.5)) {
            assertThat(prepared.counts().malformed()).isEqualTo(1);
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(archive + ":6: record 20news-bydate-train/sci.space/3: the text is empty");
        }
    }

    @Test
    void anArchiveOfSomethingElseIsRefused() {
        String archive =
                Fixture.write(folder.resolve("x.tar.gz"), Fixture.gzip(Fixture.tar(Map.of("photos/cat.txt", "meow"))));

        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups(archive)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "20newsgroups: 1 of 1 records are malformed (100.00 %, max-bad-share allows 0.00 %), the first is "
                                + archive
                                + ":1: 'photos/cat.txt' in the archive is not below 20news-bydate-train/GROUP or "
                                + "20news-bydate-test/GROUP; correct the data or raise max-bad-share");
    }

    @Test
    void aTruncatedArchiveIsRefused() {
        byte[] whole = Fixture.gzip(Fixture.tar(noisy()));
        String archive = Fixture.write(folder.resolve("cut.tar.gz"), Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups(archive), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*/cut.tar.gz:\\d+: the file cannot be read behind this place \\(.+\\); "
                        + "it may be cut off or damaged: fetch it again");
    }

    @Test
    void aTarThatWasCutOffBeforePackingIsRefused() {
        byte[] whole = Fixture.tar(noisy());
        String archive =
                Fixture.write(folder.resolve("cut.tar.gz"), Fixture.gzip(Arrays.copyOf(whole, whole.length / 2)));

        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups(archive), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Truncated TAR archive");
    }

    @Test
    void aWrongChecksumAtTheEndIsNoticed() {
        byte[] packed = Fixture.gzip(Fixture.tar(messages()));
        packed[packed.length - 8] ^= 1;
        String archive = Fixture.write(folder.resolve("bad.tar.gz"), packed);

        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups(archive), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("CRC32");
    }

    @Test
    void aFileThatIsNotGzipIsRefused() {
        String archive = Fixture.write(folder.resolve("page.tar.gz"), "<html>404</html>");

        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups(archive), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(archive + ": the file cannot be read behind this place (Input is not in the .gz format); "
                        + "it may be cut off or damaged: fetch it again");
    }

    @Test
    void aMissingFileAndAnotherTypeAreRefused() {
        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups("/nowhere/20news.tar.gz")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("train and test data /nowhere/20news.tar.gz does not exist; check the path");

        String zip = Fixture.write(folder.resolve("20news.zip"), "PK");
        assertThatThrownBy(() -> Fixture.prepare(new TwentyNewsgroups(zip)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("train and test file " + zip
                        + " has the wrong type: expected one of [.tar] (text files also as .gz or .bz2)");
    }

    /** Large enough, and random enough, that half of the packed file ends inside a message. */
    private static Map<String, String> noisy() {
        Map<String, String> files = messages();
        StringBuilder noise = new StringBuilder();
        new Random(1).ints(100_000, 'a', 'z').forEach(letter -> noise.append((char) letter));
        files.put("20news-bydate-train/sci.space/4", noise.toString());
        return files;
    }
}
