package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WNUT-2017, PLONER and CoNLL files in general. */
class EntityFormatsTest {

    @TempDir
    Path folder;

    @Test
    void wnutSeparatesSentencesByAnyBlankLineEvenALoneTab() {
        String train = file(
                "train.conll",
                "\t\r\nIn\tO\r\nNew\tB-location\r\nYork\tI-location\r\n\t\r\n#tag\tO\n\ud83d\ude00\tB-creative-work\t\n"
                        + " \n\nthe\tO\nAcme\tB-corporation\nat\tO\nOslo\tB-location");
        String test =
                Fixture.write(folder.resolve("test.annotated.gz"), Fixture.gzip("plain\tO\nOslo\tB-location\n\n\n"));

        try (Prepared prepared = Fixture.prepare(new Wnut2017(train, test))) {
            assertThat(prepared.kind()).isEqualTo(Kind.ENTITIES);
            assertThat(prepared.rows().schema()).isEqualTo(Kind.ENTITIES.schema());
            assertThat(sentences(prepared))
                    .containsExactly(
                            "test|location|null|plain Oslo|O B-location",
                            "train|corporation-location|null|the Acme at Oslo|O B-corporation O B-location",
                            "train|creative-work|null|#tag \ud83d\ude00|O B-creative-work",
                            "train|location|null|In New York|O B-location I-location");
            assertThat(prepared.labels())
                    .containsExactly(
                            "O",
                            "B-corporation",
                            "I-corporation",
                            "B-creative-work",
                            "I-creative-work",
                            "B-location",
                            "I-location");
        }
    }

    @Test
    void aSentenceWithoutEntitiesIsLabelledNull() {
        String train = file("train.conll", "a\tO\n\nOslo\tB-location\n");
        try (Prepared prepared = Fixture.prepare(new Wnut2017(train, train))) {
            assertThat(prepared.counts().byLabel().get("train")).containsOnlyKeys("NULL", "location");
        }
    }

    @Test
    void whatIsWrongWithASentenceIsNamedWithItsLineAndTheNextOneIsRead() {
        String train = file(
                "train.conll",
                "good\tO\n\n"
                        + "two\tO\nwords\n\n"
                        + "New\tO\nYork\tI-location\n\n"
                        + "\tO\n\n"
                        + "Old\tB-person\nTown\tI-location\nbad\n\n"
                        + "x\tS-person\n\n"
                        + "New York\tB-location\n\n"
                        + "fine\tB-person\n");

        try (Prepared prepared = Fixture.prepare(new Wnut2017(train, file("test.conll", "a\tO\n")), 0.9)) {
            assertThat(prepared.counts().rows("train")).isEqualTo(2);
            assertThat(prepared.counts().malformed()).isEqualTo(6);
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            train + ":4: found 1 columns, expected 2",
                            train
                                    + ":7: the tag 'I-location' follows 'O', but only B-location or I-location can come before it",
                            train + ":9: the word is empty",
                            train + ":13: found 1 columns, expected 2",
                            train
                                    + ":15: 'S-person' is no tag, expected O, B-TYPE or I-TYPE; BIOES and BILOU are not read, convert them to IOB2");
        }
    }

    @Test
    void aWordThatHoldsASpaceAndAByteThatIsNotUtf8AreNamed() {
        byte[] bytes = "Oslo\tB-location\ncaf\u00e9\tO\n\nNew York\tB-location\n\nfine\tO\n"
                .getBytes(StandardCharsets.ISO_8859_1);
        String train = Fixture.write(folder.resolve("train.conll"), bytes);

        try (Prepared prepared = Fixture.prepare(new Wnut2017(train, file("test.conll", "a\tO\n")), 0.9)) {
            assertThat(prepared.counts().rows("train")).isEqualTo(1);
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            train
                                    + ":2: byte 0xE9 at position 4 of the record is not UTF-8; convert the file, for instance with iconv",
                            train + ":4: the word 'New York' holds a space");
        }
    }

    @Test
    void aTypeThatOnlyTheTestSplitHasIsFoundAndIsNoTag() {
        String train = file("train.conll", "a\tO\nOslo\tB-location\n");
        String test = file("test.conll", "Ann\tB-person\n");

        try (Prepared prepared = Fixture.prepare(new Wnut2017(train, test))) {
            assertThat(prepared.labels()).containsExactly("O", "B-location", "I-location");
            assertThat(prepared.counts().classes("test")).containsExactly("person");
            assertThat(new Wnut2017(train, test).published().orElseThrow().differences(prepared.counts()))
                    .containsExactly(
                            "found 1 train rows, the published data set has 3,394",
                            "found 1 test rows, the published data set has 1,287",
                            "found 2 labels, the published data set has 6");
        }
    }

    @Test
    void equalSentencesWithOtherTagsHaveOtherIds() {
        String one = file("a.conll", "May\tB-person\nMay\tO\n\nMay\tO\nMay\tB-person\n");
        String other = file("b.conll", "May\tO\nMay\tB-person\n\nMay\tB-person\nMay\tO\n");

        try (Prepared first = Fixture.prepare(new Wnut2017(one, one));
                Prepared second = Fixture.prepare(new Wnut2017(other, other))) {
            assertThat(first.rows().collectAsList())
                    .containsExactlyInAnyOrderElementsOf(second.rows().collectAsList());
        }
    }

    @Test
    void plonerTakesTrainAndDevForTrainingAndTheDomainForTheKey() {
        file("connl03_train.txt", "Ann B-PER \nsmiles O \n\n");
        file("connl03_dev.txt", "Oslo B-LOC \n\n");
        file("connl03_test.txt", "Acme B-ORG \n\n");
        file("wnut16_train.txt", "New B-LOC \nYork I-LOC \n\n");
        file("wnut16_all.txt", "not read");
        file("NOTICE.md", "not read");

        try (Prepared prepared = Fixture.prepare(new Ploner(folder.toString(), List.of()))) {
            assertThat(sentences(prepared))
                    .containsExactly(
                            "test|ORG|connl03|Acme|B-ORG",
                            "train|LOC|connl03|Oslo|B-LOC",
                            "train|LOC|wnut16|New York|B-LOC I-LOC",
                            "train|PER|connl03|Ann smiles|B-PER O");
        }
        try (Prepared prepared = Fixture.prepare(new Ploner(folder.toString(), List.of("connl03")))) {
            assertThat(prepared.counts().rows("train")).isEqualTo(2);
        }
    }

    @Test
    void plonerRefusesAMissingDomainAndAWrongNumberOfColumns() {
        file("onbc_train.txt", "Ann B-PER \nOslo\tB-LOC\nsmiles very O \n\n");
        assertThatThrownBy(() -> Fixture.prepare(new Ploner(folder.toString(), List.of("onbc", "onnw"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the folder " + folder
                        + " has no files of the domains [onnw]; they are named DOMAIN_train.txt and so on");
        assertThatThrownBy(() -> Fixture.prepare(new Ploner(folder.toString(), List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("onbc_train.txt:2: found 1 columns, expected 2");
    }

    @Test
    void conllFindsItsColumnsAndLeavesOutDocumentsAndComments() {
        String train = file(
                "eng.train",
                "-DOCSTART- -X- O O\n\n# id 5 domain=en\nEU NNP  I-NP\tI-ORG \nrejects VBZ I-VP O\n-DOCSTART- -X- O O\n"
                        + "# 7 I-NP O\nOslo NNP I-NP I-LOC\nBonn NNP I-NP B-LOC\nIs X I-NP I-LOC\nAnn X X I-PER\n");
        String test = file("eng.testa", "# a comment = here\n\n#5 NNP O I-LOC\n");

        try (Prepared prepared = Fixture.prepare(new Conll(train, test, 0, -1, TagScheme.IOB1))) {
            assertThat(sentences(prepared))
                    .containsExactly(
                            "test|LOC|null|#5|B-LOC",
                            "train|LOC-PER|null|# Oslo Bonn Is Ann|O B-LOC B-LOC I-LOC B-PER",
                            "train|ORG|null|EU rejects|B-ORG O");
        }
    }

    @Test
    void conllRefusesColumnsThatAreNotThereAndIob1AsIob2() {
        String train = file("train.txt", "a O\nOslo I-LOC\n");
        assertThatThrownBy(() -> Fixture.prepare(new Conll(train, train, 0, 2, TagScheme.IOB2), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        train
                                + ":1: the line has 2 columns, but data.source names the columns 0 and 2 (the first is 0, the last -1)");
        assertThatThrownBy(() -> Fixture.prepare(new Conll(train, train, 0, 1, TagScheme.IOB2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        train + ":2: the tag 'I-LOC' follows 'O', but only B-LOC or I-LOC can come before it");
        assertThatThrownBy(() -> new Conll(train, train, 1, 1, TagScheme.IOB2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("data.source.token-column and data.source.tag-column are both 1; name two columns");
    }

    @Test
    void anEmptyFileAndATruncatedGzipAreRefused() {
        String test = file("test.conll", "a\tO\n");
        String empty = file("empty.conll", "\n\t\n");
        assertThatThrownBy(() -> Fixture.prepare(new Wnut2017(empty, test)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("wnut2017: there are no usable train rows; check what the path names");

        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(Integer.toHexString(i * 7919)).append("\tO\n").append(i % 5 == 0 ? "\n" : "");
        }
        byte[] packed = Fixture.gzip(text.toString());
        String cut = Fixture.write(folder.resolve("cut.conll.gz"), Arrays.copyOf(packed, packed.length / 2));
        assertThatThrownBy(() -> Fixture.prepare(new Wnut2017(cut, test), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*/cut.conll.gz:\\d{3,}: the file cannot be read behind this place \\(.*");
    }

    private String file(String name, String text) {
        return Fixture.write(folder.resolve(name), text);
    }

    /** "split|label|key|text|tags" in natural order; there is one tag a word. */
    private static List<String> sentences(Prepared prepared) {
        return prepared.rows().collectAsList().stream()
                .map(EntityFormatsTest::sentence)
                .sorted()
                .toList();
    }

    private static String sentence(Row row) {
        List<String> tags = row.getList(row.fieldIndex("tags"));
        String text = row.getAs("text");
        assertThat(text.split(" ")).hasSize(tags.size());
        return "%s|%s|%s|%s|%s"
                .formatted(row.getAs("split"), row.getAs("label"), row.getAs("key"), text, String.join(" ", tags));
    }
}
