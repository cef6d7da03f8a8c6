package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.config.Experiment;
import federa.fixture.Tiny;
import federa.prepare.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {

    private static final String QUESTION =
            """
            {"data": [{"title": "Ann", "paragraphs": [{"context": "Ann met Ann.", "qas": [
              {"id": "%s", "question": "%s", "answers": [{"text": "Ann", "answer_start": %d}]}]}]}]}
            """;

    @TempDir
    Path directory;

    private Workspace workspace;

    @BeforeEach
    void open() {
        workspace = Tiny.empty(directory.resolve("warehouse"));
    }

    @Test
    void textsHaveTheirLabelsAndACorpusHasNone() throws IOException {
        Datasets.Stored topics =
                new Datasets(workspace).prepare(Tiny.experiment().data());
        assertThat(topics.kind()).isEqualTo(Kind.TEXTS);
        assertThat(topics.labels()).hasSize(10).isSorted();

        String text = write("a.txt", "One paragraph.\n");
        Datasets.Stored corpus =
                prepare("corpus", "{format: corpus, train: %s, test: %s, min-characters: 1}".formatted(text, text));
        assertThat(corpus.kind()).isEqualTo(Kind.TEXTS);
        assertThat(corpus.labels()).isEmpty();
    }

    @Test
    void entitiesAreStoredWithTheirTagsWhichTheFingerprintCovers() throws IOException {
        Datasets.Stored one = entities("one", "Ann\tB-person\nMay\tI-person\n");
        Datasets.Stored other = entities("other", "Ann\tB-person\nMay\tB-person\n");

        assertThat(one.kind()).isEqualTo(Kind.ENTITIES);
        assertThat(one.labels()).containsExactly("O", "B-person", "I-person");
        Row row = one.split("train").first();
        assertThat(row.<String>getAs("text")).isEqualTo("Ann May");
        assertThat(row.<String>getList(row.fieldIndex("tags"))).containsExactly("B-person", "I-person");
        assertThat(one.fingerprint()).isNotEqualTo(other.fingerprint());
        assertThat(entities("again", "Ann\tB-person\nMay\tI-person\n").fingerprint())
                .isEqualTo(one.fingerprint());
    }

    @Test
    void questionsAreStoredWithTheirAnswersWhichTheFingerprintCovers() throws IOException {
        Datasets.Stored one = questions("one", "Who?", 0);
        Datasets.Stored elsewhere = questions("elsewhere", "Who?", 8);
        Datasets.Stored other = questions("other", "Whom?", 0);

        assertThat(one.kind()).isEqualTo(Kind.QUESTIONS);
        assertThat(one.labels()).isEmpty();
        Row row = elsewhere.split("train").first();
        assertThat(row.<String>getList(row.fieldIndex("answers"))).containsExactly("Ann");
        assertThat(row.<Integer>getList(row.fieldIndex("starts"))).containsExactly(8);
        assertThat(List.of(one.fingerprint(), elsewhere.fingerprint(), other.fingerprint()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aSmallDataSetIsFewFilesHoweverManyPartitionsSparkShufflesTo() {
        workspace.spark().conf().set("spark.sql.shuffle.partitions", "50");
        try {
            Datasets.Stored topics =
                    new Datasets(workspace).prepare(Tiny.experiment().data());

            for (String split : List.of("train", "test")) {
                assertThat(topics.split(split).inputFiles()).hasSizeBetween(1, workspace.parallelism());
            }
        } finally {
            workspace.spark().conf().set("spark.sql.shuffle.partitions", "4");
        }
    }

    @Test
    void aTableOfOtherColumnsIsRefused() {
        String path = workspace.warehouse().dataset("numbers");
        workspace
                .spark()
                .range(3)
                .write()
                .format("delta")
                .option("userMetadata", "{\"source\": \"s\", \"fingerprint\": \"f\", \"labels\": []}")
                .save(path);

        assertThatThrownBy(() -> new Datasets(workspace).open("numbers"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(path + " is a Delta table, but not a data set of the prepare job; "
                        + "use another data.name than numbers");
    }

    private Datasets.Stored entities(String name, String sentence) throws IOException {
        String file = write(name + ".conll", sentence);
        return prepare(name, "{format: wnut2017, train: %s, test: %s}".formatted(file, file));
    }

    private Datasets.Stored questions(String name, String question, int start) throws IOException {
        String train = write(name + "-train.json", QUESTION.formatted("train", question, start));
        String test = write(name + "-test.json", QUESTION.formatted("test", question, start));
        return prepare(name, "{format: squad-form, train: %s, test: %s}".formatted(train, test));
    }

    private Datasets.Stored prepare(String name, String source) {
        Experiment experiment = Tiny.experiment("data.name=" + name, "data.source=" + source);
        return new Datasets(workspace).prepare(experiment.data());
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }
}
