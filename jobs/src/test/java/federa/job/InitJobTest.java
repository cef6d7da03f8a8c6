package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a table to predictions: init, run, score. */
class InitJobTest {

    @TempDir
    Path directory;

    private SmallWorld world;

    @BeforeEach
    void writeModel() {
        world = new SmallWorld(directory);
        world.writeModel("tiny");
    }

    @Test
    void threeCommandsLeadFromATableToPredictions() {
        Path table = world.write("my table.csv", table());
        Path mine = world.file("my.first try.yaml");

        Outcome init =
                Outcome.of("init", "--train", table.toString(), mine.toString()).done();

        assertThat(init.out())
                .contains("'What: was \"said\"' looks like the text")
                .contains("'outcome, at last' looks like the label")
                .contains("4 clients, one for each value of 'client'", "no --test was given")
                .contains("1 of 61 rows cannot be used", "2 labels: yes (", "no (", "federa run --conf")
                .contains("--text-column 'What: was \"said\"'");
        assertThat(world.read("my.first try.yaml")
                        .lines()
                        .filter(line -> !line.isBlank() && !line.strip().startsWith("#")))
                .hasSizeLessThan(19);
        world.job(
                        "run",
                        "--conf",
                        mine.toString(),
                        "--set",
                        "model={name: tiny, source: %s}".formatted(world.file("tiny")),
                        "--set",
                        "federation.rounds=1",
                        "--set",
                        "method.rank=2")
                .done();
        world.job(
                        "score",
                        "--run-id",
                        "my.first-try",
                        "--input",
                        table.toString(),
                        "--format",
                        "csv",
                        "--text-column",
                        "What: was \"said\"",
                        "--output",
                        world.file("scored").toString())
                .done();
        assertThat(world.file("scored")).isDirectoryContaining("glob:**.parquet");
    }

    @Test
    void wordsWithTagsAndQuestionsAreToldByTheirFiles() {
        Path words = world.write(
                "words.iob", "EU I-ORG\nrejects O\nGerman I-MISC\ncall O\n\nPeter I-PER\nslept O\n".repeat(9));
        Outcome.of(
                        "init",
                        "--train",
                        words.toString(),
                        "--test",
                        words.toString(),
                        world.file("w.yaml").toString())
                .done();
        assertThat(world.read("w.yaml")).contains("kind: ner", "format: conll", "scheme: iob1");

        String questions = IntStream.range(0, 30)
                .mapToObj(i ->
                        """
                        {"context": "the sky of day %1$d is blue", "qas": [{"id": "%1$d", "question": "what is blue?",
                         "answers": [{"text": "the sky", "answer_start": 0}]}]}"""
                                .formatted(i))
                .collect(Collectors.joining(","));
        Path squad = world.write("q.json", "{\"data\": [{\"title\": \"sky\", \"paragraphs\": [" + questions + "]}]}");
        Outcome.of("init", "--train", squad.toString(), world.file("q.yaml").toString())
                .done();
        assertThat(world.read("q.yaml")).contains("kind: qa", "format: squad-form");
    }

    @Test
    void whatCannotBeLearntOrWrittenIsRefusedAndLeavesNoFile() {
        Path table = world.write("t.csv", table());
        String file = world.file("x.yaml").toString();
        world.write("there.yaml", "mine");

        refused("has only the value", "--train", one().toString(), "--label", "outcome, at last", file);
        refused(
                "exists already",
                "--train",
                table.toString(),
                world.file("there.yaml").toString());
        refused("does not exist", "--train", world.file("nowhere.csv").toString(), file);
        refused(
                "neither a table",
                "--train",
                world.write("t.txt", "plain text\n").toString(),
                file);
        refused("has no column 'txt'", "--train", table.toString(), "--text", "txt", file);
        assertThat(Path.of(file)).doesNotExist();
        assertThat(world.read("there.yaml")).isEqualTo("mine");
    }

    private Path one() {
        return world.write("one.csv", table().replace(",no,", ",yes,"));
    }

    private static void refused(String message, String... options) {
        String[] args = IntStream.rangeClosed(0, options.length)
                .mapToObj(i -> i == 0 ? "init" : options[i - 1])
                .toArray(String[]::new);
        Outcome.of(args).refusedWith(message);
    }

    private static String table() {
        return "id,\"What: was \"\"said\"\"\",\"outcome, at last\",client\n"
                + IntStream.range(0, 60)
                        .mapToObj(i -> "%d,\"a, text of %d words\",%s,site %d"
                                .formatted(i, i, i % 2 == 0 ? "yes" : "no", i % 4))
                        .collect(Collectors.joining("\n"))
                + "\n60,,yes,site 1\n";
    }
}
