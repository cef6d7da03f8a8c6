package federa.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQuAD, PolicyQA and MRQA. */
class QuestionFormatsTest {

    private static final String CONTEXT = "\ud83d\ude00 Ann, \ud83d\ude80 she flew\\nto Oslo. ";
    private static final String HEADER = "{\"header\": {\"dataset\": \"NewsQA\", \"mrqa_split\": \"train\"}}\n";
    private static final String GOOD = squad("T", paragraph("It rains.", asked("t1", "What?", 3, "rains")));

    @TempDir
    Path folder;

    @Test
    void squadCountsCodePointsAndTheRowsCountUtf16() {
        String train = file(
                "train.json",
                squad(
                        " New_York ",
                        paragraph(
                                CONTEXT,
                                asked("q1", "Who? ", 2, "Ann"),
                                asked("q2", "Where?", 21, "Oslo", 21, "Oslo"))));
        String test = Fixture.write(
                folder.resolve("dev.json.gz"),
                Fixture.gzip(
                        "\uFEFF" + squad("", paragraph("caf\u00e9 \\\"x\\\"", asked("q3", "What?", 5, "\\\"x\\\"")))));

        try (Prepared prepared = Fixture.prepare(new Squad(train, test))) {
            assertThat(prepared.kind()).isEqualTo(Kind.QUESTIONS);
            assertThat(prepared.rows().schema()).isEqualTo(Kind.QUESTIONS.schema());
            assertThat(prepared.labels()).isEmpty();
            assertThat(prepared.counts().classes()).isEmpty();
            assertThat(questions(prepared))
                    .containsExactly(
                            "q1|train|New_York|New_York|Who? |[Ann]|[3]",
                            "q2|train|New_York|New_York|Where?|[Oslo, Oslo]|[23, 23]",
                            "q3|test|untitled|untitled|What?|[\"x\"]|[5]");
            assertThat(prepared.rows().where("id = 'q1'").first().<String>getAs("text"))
                    .isEqualTo("\ud83d\ude00 Ann, \ud83d\ude80 she flew\nto Oslo. ");
        }
    }

    @Test
    void squadTakesItsKeysInAnyOrderAndLeavesOthersAlone() {
        String train = file(
                "train.json",
                """
                {"version": {"data": []}, "data": [
                  {"paragraphs": [
                    {"qas": [
                       {"answers": [{"answer_start": 0, "text": "One"}],
                        "type": ["a"], "id": "q1", "question": "Which?"},
                       {"answers": [{"answer_start": 4, "text": "two"}],
                        "id": "q2", "question": "Which?"}],
                     "index": 0, "context": "One two", "summary": ["x", {"context": 1}]},
                    {"context": "Three", "note": null}],
                   "extra": [[1]], "title": "Numbers"},
                  {"paragraphs": [{"context": "Four", "qas": [
                       {"question": "?", "id": "q3", "answers": [{"text": "Four", "answer_start": 0}]}]}]},
                  {"title": null}]}
                """
                        .replace("\n", "\r\n"));

        try (Prepared prepared = Fixture.prepare(new PolicyQa(train, file("test.json", GOOD)))) {
            assertThat(questions(prepared))
                    .containsExactly(
                            "q1|train|Numbers|Numbers|Which?|[One]|[0]",
                            "q2|train|Numbers|Numbers|Which?|[two]|[4]",
                            "q3|train|untitled|untitled|?|[Four]|[0]",
                            "t1|test|T|T|What?|[rains]|[3]");
        }
    }

    @Test
    void whatIsWrongWithAQuestionIsNamedWithItsLineAndTheNextOneIsRead() {
        String train = file(
                "train.json",
                squad(
                        "T",
                        paragraph(
                                CONTEXT,
                                asked("right", "Who?", 2, "Ann"),
                                asked("utf16", "Who?", 3, "Ann"),
                                asked("far", "Who?", 99, "Ann"),
                                asked("none", "Who?"),
                                asked("blank", " ", 2, "Ann"),
                                asked("right", "Where?", 21, "Oslo"),
                                "{\"id\": \"word\", \"question\": \"Who?\", \"answers\": [{\"text\": \"Ann\", \"answer_start\": \"2\"}]}",
                                "{\"question\": \"Who?\", \"answers\": []}",
                                asked("nothing", "Who?", 2, " "),
                                asked("half", "\\ud800", 2, "Ann")),
                        paragraph(" ", asked("q", "Who?", 0, " ")),
                        paragraph("Ann", asked("last", "Who?", 0, "Ann"))));

        try (Prepared prepared = Fixture.prepare(new SquadForm(train, file("test.json", GOOD)), 0.9)) {
            assertThat(prepared.counts().rows("train")).isEqualTo(2);
            assertThat(prepared.counts().malformed()).isEqualTo(10);
            assertThat(prepared.counts().firstProblems())
                    .containsExactly(
                            train
                                    + ":3: question utf16: the answer 'Ann' is not at character 3 of the context, where 'nn,' is",
                            train + ":4: question far: an answer is at character 99, outside of the context",
                            train + ":5: question none: the question has no answer",
                            train + ":6: question blank: the question is empty",
                            train + ":7: the id 'right' was used before; ids must differ over train and test");
        }
        try (Prepared prepared = Fixture.prepare(
                new SquadForm(
                        file(
                                "rest.json",
                                squad(
                                        "T",
                                        paragraph(
                                                CONTEXT,
                                                "{\"id\": \"word\", \"question\": \"Who?\", \"answers\": [{\"text\": \"Ann\", \"answer_start\": \"2\"}]}",
                                                "{\"question\": \"Who?\", \"answers\": []}",
                                                asked("nothing", "Who?", 2, " "),
                                                asked("half", "\\ud800", 2, "Ann")),
                                        paragraph(" ", asked("q", "Who?", 0, " ")),
                                        paragraph("Ann", asked("last", "Who?", 0, "Ann")))),
                        file("test.json", GOOD)),
                0.9)) {
            assertThat(prepared.counts().firstProblems().stream().map(line -> line.replaceFirst(".*/", "")))
                    .containsExactly(
                            "rest.json:2: question word: 'answer_start' is '2', expected a whole number",
                            "rest.json:3: 'id' is missing, expected a string",
                            "rest.json:4: question nothing: an answer is empty",
                            "rest.json:5: question half: 'question' holds half a surrogate pair",
                            "rest.json:6: the paragraph with 1 questions has no context");
        }
    }

    @Test
    void impossibleQuestionsAreSkippedAndCountedButAreNotMalformed() {
        String impossible = "{\"id\": \"no\", \"question\": \"Why?\", \"answers\": [], \"is_impossible\": true}";
        String train = file("train.json", squad("T", paragraph("Ann", impossible, asked("q1", "Who?", 0, "Ann"))));

        try (Prepared prepared = Fixture.prepare(new SquadForm(train, file("test.json", GOOD)))) {
            assertThat(prepared.counts().rows("train")).isEqualTo(1);
            assertThat(prepared.counts().malformed()).isZero();
            assertThat(prepared.counts().skipped())
                    .isEqualTo(Map.of("the question is marked as impossible to answer", 1L));
        }

        String none = file("none.json", squad("T", paragraph("Ann", impossible)));
        assertThatThrownBy(() -> Fixture.prepare(new SquadForm(none, file("test.json", GOOD))))
                .hasMessage("squad-form: there are no usable train rows; check what the path names; 1 were skipped: the"
                        + " question is marked as impossible to answer");
    }

    @Test
    void oneQuestionAnObjectAndNumbersAsIdsAreTheSameQuestions() {
        String flat = "{\"id\": 7, \"title\": \"T\", \"context\": \"Ann sings\", \"question\": \"Who?\","
                + " \"answers\": {\"text\": [\"Ann\"], \"answer_start\": [0]}}";
        String none = flat.replace("7", "8").replace("[\"Ann\"]", "[]").replace("[0]", "[]");
        List<String> expected = List.of("7|train|T|T|Who?|[Ann]|[0]");
        for (String form : List.of(
                "{\"data\": [%s, %s]}",
                "[%s,\n%s]", "%s\n%s\n", "{\"version\": [1], \"data\": [%s, {}, %s], \"x\": {}}")) {
            String train = file("flat.json", form.formatted(flat, none));
            try (Prepared prepared = Fixture.prepare(new SquadForm(train, file("test.json", GOOD)))) {
                assertThat(questions(prepared).stream().filter(row -> row.contains("|train|")))
                        .as(form)
                        .isEqualTo(expected);
                assertThat(prepared.counts().skipped()).isEqualTo(Map.of("the question has no answer", 1L));
            }
        }
    }

    @Test
    void jsonThatIsCutOffBrokenOrOfAnotherFormIsRefusedWithItsLine() {
        String whole = squad("T", paragraph(CONTEXT, asked("q1", "Who?", 2, "Ann"), asked("q2", "Who?", 2, "Ann")));
        String form = ": at column %d this is not the form of SQuAD: {\"data\": [{\"title\", \"paragraphs\": "
                + "[{\"context\", \"qas\": [...]}]}]}, nor one question an object: "
                + "{\"id\", \"title\", \"context\", \"question\", \"answers\"}";

        refused(
                "cut.json",
                whole.substring(0, whole.length() - 20),
                ":3: not JSON at column \\d+: Unexpected end-of-input.*");
        refused(
                "broken.json",
                whole.replace("\"q2\",", "\"q2\""),
                ":3: not JSON at column \\d+: Unexpected character.*");
        refused("behind.json", whole + "{}", Pattern.quote(":5" + form.formatted(2)));
        refused("list.json", "[1]", Pattern.quote(":1" + form.formatted(2)));
        refused("empty.json", "", ":1: the file is empty");
        refused("other.json", "{\"articles\": []}", Pattern.quote(":1" + form.formatted(16)));
        refused(
                "latin.json",
                new String(
                        whole.replace("Who", "caf\u00e9").getBytes(StandardCharsets.ISO_8859_1),
                        StandardCharsets.ISO_8859_1),
                StandardCharsets.ISO_8859_1,
                ":2: not JSON at column \\d+: Invalid UTF-8.*");
    }

    @Test
    void aTruncatedGzipIsRefused() {
        StringBuilder questions = new StringBuilder(asked("q", "Who?", 0, "Ann"));
        for (int i = 0; i < 5_000; i++) {
            questions.append(",\n").append(asked(Integer.toHexString(i * 7919), "Who?", 0, "Ann"));
        }
        byte[] packed = Fixture.gzip(squad("T", paragraph("Ann", questions.toString())));
        String cut = Fixture.write(folder.resolve("cut.json.gz"), Arrays.copyOf(packed, packed.length / 2));

        assertThatThrownBy(() -> Fixture.prepare(new Squad(cut, cut), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*/cut.json.gz(:\\d+)?: the file cannot be read behind this place \\(.*");
    }

    @Test
    void mrqaTakesWhatStandsAtTheSpansWhoseEndsAreInclusive() {
        String train = Fixture.write(
                folder.resolve("NewsQA.jsonl.gz"),
                Fixture.gzip(HEADER
                        + mrqa(
                                CONTEXT,
                                detected("q1", "ann", "[[2, 4], [2, 5]]"),
                                detected("q2", "Oslo", "[[21, 24]]"))));
        String test = file(
                "dev.jsonl",
                HEADER.replace("NewsQA", "SQuAD") + "\r\n" + mrqa("The end", detected("q3", "end", "[[0, 6]]")));

        try (Prepared prepared = Fixture.prepare(new Mrqa(train, test, 0, 0))) {
            assertThat(questions(prepared))
                    .containsExactly(
                            "q1|train|NewsQA|NewsQA|Who?|[Ann, Ann,]|[3, 3]",
                            "q2|train|NewsQA|NewsQA|Who?|[Oslo]|[23]",
                            "q3|test|SQuAD|SQuAD|Who?|[The end]|[0]");
        }
    }

    @Test
    void mrqaTakesTheFirstQuestionsOfEachSource() {
        file(
                "train/A.jsonl",
                HEADER
                        + mrqa(
                                "One",
                                detected("a1", "One", "[[0, 2]]"),
                                detected("bad", "One", "[[1, 2]]"),
                                detected("a2", "One", "[[0, 2]]"),
                                detected("a3", "One", "[[0, 2]]")));
        file("train/B.jsonl", HEADER.replace("NewsQA", "B") + mrqa("One", detected("b1", "One", "[[0, 2]]")));
        String test = file(
                "dev.jsonl",
                HEADER + mrqa("One", detected("t1", "One", "[[0, 2]]"), detected("t2", "One", "[[0, 2]]")) + "broken");
        Mrqa source = new Mrqa(folder.resolve("train").toString(), test, 2, 1);

        try (Prepared prepared = Fixture.prepare(source, 0.5)) {
            assertThat(Fixture.rows(prepared)).containsOnlyKeys("a1", "a2", "b1", "t1");
            assertThat(source.published()).isEmpty();
            assertThat(prepared.counts().firstProblems())
                    .singleElement()
                    .asString()
                    .endsWith(
                            "A.jsonl:2: question bad: the answer 'One' is not at character 1 of the context, where 'ne' is");
        }
        assertThatThrownBy(() -> new Mrqa(test, test, -1, 0)).hasMessageContaining("data.source.train-per-source");
    }

    @Test
    void mrqaNamesBrokenLinesAndRefusesAHeaderWithoutAName() {
        String train = file(
                "train.jsonl",
                HEADER
                        + mrqa("One", detected("q1", "One", "[[0, 2]]"))
                        + "{\"context\": \"On\n"
                        + mrqa(" ", detected("q2", "One", "[[0, 2]]"))
                        + mrqa("One", detected("q3", "One", "[[2, 0]]"))
                        + mrqa("One", detected("q4", "One", "[2]"))
                        + mrqa("One", "{\"qid\": \"q5\", \"question\": \"Who?\", \"detected_answers\": []}"));
        String test = file("dev.jsonl", HEADER + mrqa("One", detected("t", "One", "[[0, 2]]")));

        try (Prepared prepared = Fixture.prepare(new Mrqa(train, test, 0, 0), 0.9)) {
            assertThat(prepared.counts().rows("train")).isEqualTo(1);
            assertThat(prepared.counts().firstProblems().stream().map(line -> line.replaceFirst(".*/", "")))
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("train.jsonl:3: not JSON: Unexpected end-of-input"),
                            line -> assertThat(line).isEqualTo("train.jsonl:4: the context is empty"),
                            line -> assertThat(line)
                                    .isEqualTo(
                                            "train.jsonl:5: question q3: an answer ends at character 0, before its start at 2"),
                            line -> assertThat(line)
                                    .isEqualTo("train.jsonl:6: question q4: the span 2 is not [first, last]"),
                            line -> assertThat(line)
                                    .isEqualTo("train.jsonl:7: question q5: the question has no answer"));
        }

        String other = file("other.jsonl", "{\"header\": {}}\n" + mrqa("One", detected("q", "One", "[[0, 2]]")));
        assertThatThrownBy(() -> Fixture.prepare(new Mrqa(other, test, 0, 0), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        other
                                + ":1: the first line is neither {\"header\": {\"dataset\": NAME, ...}} nor a context with questions");
    }

    @Test
    void anMrqaFileWithoutAHeaderIsTheDataSetThatItIsNamedAfter() {
        String train = file("TriviaQA.part.jsonl", mrqa("One", detected("q1", "One", "[[0, 2]]")));
        String test = file("dev.jsonl", HEADER + mrqa("One", detected("q2", "One", "[[0, 2]]")));

        try (Prepared prepared = Fixture.prepare(new Mrqa(train, test, 0, 0))) {
            assertThat(questions(prepared))
                    .containsExactly(
                            "q1|train|TriviaQA|TriviaQA|Who?|[One]|[0]", "q2|test|NewsQA|NewsQA|Who?|[One]|[0]");
        }
    }

    private void refused(String name, String text, String message) {
        refused(name, text, StandardCharsets.UTF_8, message);
    }

    private void refused(String name, String text, Charset charset, String message) {
        String train = Fixture.write(folder.resolve(name), text.getBytes(charset));
        String test = file("test.json", GOOD);
        assertThatThrownBy(() -> Fixture.prepare(new SquadForm(train, test), 1))
                .as(name)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".*/" + name + message);
    }

    private String file(String name, String text) {
        return Fixture.write(folder.resolve(name), text);
    }

    /** One line for the beginning, one for each question, the first in that of its paragraph, and one for the end. */
    private static String squad(String title, String... paragraphs) {
        return "{\"version\": \"1.1\", \"data\": [{\"title\": \"%s\", \"paragraphs\": [\n%s\n]}]}\n"
                .formatted(title, String.join(",\n", paragraphs));
    }

    private static String paragraph(String context, String... questions) {
        return "{\"context\": \"%s\", \"qas\": [%s]}".formatted(context, String.join(",\n", questions));
    }

    private static String asked(String id, String question, Object... answers) {
        StringBuilder written = new StringBuilder();
        for (int i = 0; i < answers.length; i += 2) {
            written.append(i == 0 ? "" : ", ")
                    .append("{\"answer_start\": %s, \"text\": \"%s\"}".formatted(answers[i], answers[i + 1]));
        }
        return "{\"id\": \"%s\", \"question\": \"%s\", \"answers\": [%s]}".formatted(id, question, written);
    }

    private static String mrqa(String context, String... questions) {
        return "{\"id\": \"\", \"context\": \"%s\", \"qas\": [%s]}\n".formatted(context, String.join(", ", questions));
    }

    private static String detected(String id, String text, String spans) {
        return "{\"qid\": \"%s\", \"question\": \"Who?\", \"answers\": [\"x\"], \"detected_answers\": [{\"text\": \"%s\", \"char_spans\": %s}]}"
                .formatted(id, text, spans);
    }

    /** "id|split|label|key|question|answers|starts" in natural order; every answer is where its start says. */
    private static List<String> questions(Prepared prepared) {
        return prepared.rows().collectAsList().stream()
                .map(QuestionFormatsTest::question)
                .sorted()
                .toList();
    }

    static void assertAnswersAreInTheirPlaces(Row row) {
        String text = row.getAs("text");
        List<String> answers = row.getList(row.fieldIndex("answers"));
        List<Integer> starts = row.getList(row.fieldIndex("starts"));
        assertThat(starts).isNotEmpty().hasSameSizeAs(answers);
        for (int i = 0; i < starts.size(); i++) {
            int start = starts.get(i);
            assertThat(text.substring(start, start + answers.get(i).length())).isEqualTo(answers.get(i));
        }
    }

    private static String question(Row row) {
        assertAnswersAreInTheirPlaces(row);
        return "%s|%s|%s|%s|%s|%s|%s"
                .formatted(
                        row.getAs("id"),
                        row.getAs("split"),
                        row.getAs("label"),
                        row.getAs("key"),
                        row.getAs("question"),
                        row.getList(row.fieldIndex("answers")),
                        row.getList(row.fieldIndex("starts")));
    }
}
