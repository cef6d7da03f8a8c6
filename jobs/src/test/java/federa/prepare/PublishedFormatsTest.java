package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** AG News, SST-2 and SemEval-2010 Task 8. */
class PublishedFormatsTest {

    @TempDir
    Path folder;

    @Test
    void agNewsUndoesDoubledQuotesAndTakesABackslashForALineBreak() {
        String train =
                file("train.csv", "\"3\",\"Oil \"\"up\"\"\",\"first\\second, third\\\"\r\n\"1\",\"A\",\"b\"\r\n");
        String test =
                Fixture.write(folder.resolve("test.csv.gz"), Fixture.gzip("\"4\",\"Two\nlines\",\"\\\\\"\"x\"\n"));

        assertThat(Fixture.values(new AgNews(train, test)))
                .containsExactly(
                        "test|Sci/Tech|Two lines \"x",
                        "train|Business|Oil \"up\" first second, third",
                        "train|World|A b");
    }

    @Test
    void agNewsReadsTheSubsetOfDescriptionsWithClassNames() {
        String train = file("part.tsv", "He said \"no, never\tWorld\nThey won\tSports\n");
        String test = file("test.csv", "\"2\",\"A\",\"b\"\n");

        assertThat(Fixture.values(new AgNews(train, test)))
                .containsExactly("test|Sports|A b", "train|Sports|They won", "train|World|He said \"no, never");
    }

    @Test
    void agNewsNamesTheLineOfAWrongClass() {
        String train = file("train.csv", "\"1\",\"two\nlines\",\"b\"\n\"5\",\"A\",\"b\"\n\"x\"\n\"2\",\"A\",\"b\"\n");
        String test = file("test.csv", "\"2\",\"A\",\"b\"\n");

        try (Prepared prepared = Fixture.prepare(new AgNews(train, test), 0.5)) {
            assertThat(prepared.counts().rows("train")).isEqualTo(2);
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            train + ":3: the class is '5', expected 1 to 4",
                            train + ":4: found 1 fields, expected \"class\",\"title\",\"description\"");
        }
    }

    @Test
    void sst2NamesItsTwoClasses() {
        String train = file("train.tsv", "sentence\tlabel\na \"fine\" film \t1\ndull \t0\n");
        String test = file("dev.tsv", "sentence\tlabel\nboring \t0\n");

        assertThat(Fixture.values(new Sst2(train, test)))
                .containsExactly("test|negative|boring", "train|negative|dull", "train|positive|a \"fine\" film");
    }

    @Test
    void sst2RefusesTheUnlabelledTestFileOfGlue() {
        String train = file("train.tsv", "sentence\tlabel\nfine\t1\n");
        String test = file("test.tsv", "index\tsentence\n0\tfine\n");

        assertThatThrownBy(() -> Fixture.prepare(new Sst2(train, test), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(test + ":1: the header is [index, sentence], expected [sentence, label]; "
                        + "GLUE's test.tsv has no labels, use dev.tsv");
    }

    @Test
    void sst2LeavesOutAnotherLabelAndAMissingTab() {
        String train = file("train.tsv", "sentence\tlabel\nfine\t1\nso so\t2\nno label\n\t1\n");
        String test = file("dev.tsv", "sentence\tlabel\nfine\t1\n");

        try (Prepared prepared = Fixture.prepare(new Sst2(train, test), 0.6)) {
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            train + ":3: the label is '2', expected 0 or 1",
                            train + ":4: found 1 fields between tabs, expected 2",
                            train + ":5: the text is empty");
        }
    }

    @Test
    void semEvalKeepsTheMarksAndItsOwnNumbers() {
        String train = file("TRAIN_FILE.TXT", relation(1, "Cause-Effect(e1,e2)") + relation(2, "Other"));
        String test = file("TEST.TXT", relation(8001, "Other"));

        try (Prepared prepared = Fixture.prepare(new SemEval2010Task8(train, test))) {
            assertThat(Fixture.rows(prepared))
                    .containsEntry("1", "train|Cause-Effect(e1,e2)|The <e1>rain</e1> hit \"the\" <e2>roof</e2>.")
                    .containsOnlyKeys("1", "2", "8001");
        }
    }

    @Test
    void semEvalNamesWhatIsWrongWithARecord() {
        String train = file(
                "train.txt",
                relation(1, "Other")
                        + relation(2, "Cause-Effect")
                        + "3\t\"no marks\"\nOther\nComment:\n\n"
                        + "4 \"no tab\"\nOther\nComment:\n\n"
                        + "5\t\"lost comment\"\nOther\n\n");
        String test = file("test.txt", relation(1, "Other"));

        try (Prepared prepared = Fixture.prepare(new SemEval2010Task8(train, test), 1)) {
            throw new AssertionError("there is no usable test row: " + prepared.counts());
        } catch (IllegalArgumentException e) {
            // Number 1 is used twice, and the second use is the only test row.
            assertThat(e)
                    .hasMessageStartingWith(
                            "semeval2010-task8: there are no usable test rows; check what the path names; ")
                    .hasMessageEndingWith(
                            "/test.txt:1: the id '1' was used before; ids must differ over train and test");
        }

        String fresh = file("fresh.txt", relation(9, "Other"));
        try (Prepared prepared = Fixture.prepare(new SemEval2010Task8(train, fresh), 1)) {
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            train + ":5: 'Cause-Effect' is none of the 19 relations, for instance Cause-Effect(e1,e2)",
                            train + ":9: the sentence has no <e1>",
                            train + ":13: the first line is not a number, a tab and a sentence in quotes",
                            train
                                    + ":17: found 2 lines before a blank one, expected three: sentence, relation, 'Comment:'");
        }
    }

    @Test
    void countsThatDifferFromThePublishedOnesAreNamedWithBothNumbers() {
        String train = file("train.tsv", "sentence\tlabel\nfine\t1\n");
        String test = file("dev.tsv", "sentence\tlabel\nfine\t1\n");

        try (Prepared prepared = Fixture.prepare(new Sst2(train, test))) {
            List<String> differences =
                    new Sst2(train, test).published().orElseThrow().differences(prepared.counts());
            assertThat(differences)
                    .containsExactly(
                            "found 1 train rows, the published data set has 67,349",
                            "found 1 test rows, the published data set has 872",
                            "found 1 labels, the published data set has 2");
        }
    }

    private String file(String name, String text) {
        return Fixture.write(folder.resolve(name), text);
    }

    private static String relation(int id, String relation) {
        return id + "\t\"The <e1>rain</e1> hit \"the\" <e2>roof</e2>.\"\n" + relation + "\nComment: none\n\n";
    }
}
