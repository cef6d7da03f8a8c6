package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.config.Experiment;
import federa.fixture.Tiny;
import federa.fixture.TinyModel;
import federa.store.Round;
import federa.store.RunStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every method on every architecture for every task trains what a plain loop trains, to the bit. Runs train side by side:
 * most of their time goes by in small Spark jobs.
 */
@Execution(ExecutionMode.CONCURRENT)
class GridTest {

    private static final List<String> METHODS = List.of(
            "{kind: full}",
            "{kind: bitfit}",
            "{kind: houlsby, bottleneck: 4, activation: relu}",
            "{kind: pfeiffer, bottleneck: 4, activation: gelu, placement: adapter-hub}",
            "{kind: lora, rank: 2, alpha: 4, scaling: rank-stabilized, targets: ['.*(query|value)(_proj)?']}",
            "{kind: federa, rank: 2, alpha: 2, scaling: standard, targets: [all-linear]}");

    private static final List<String> MODELS = List.of("roberta", "deberta");

    @TempDir
    static Path directory;

    private static Workspace workspace;

    @BeforeAll
    static void prepare() throws IOException {
        workspace = Tiny.empty(directory.resolve("warehouse"));
        TinyModel.write(directory.resolve("roberta"), 1);
        TinyModel.writeDeberta(directory.resolve("deberta"), 1);
        for (String split : List.of("train", "test")) {
            Files.writeString(directory.resolve(split + ".conll"), sentences());
            Files.writeString(directory.resolve(split + ".json"), questions(split));
        }
        for (Cell cell : Cell.values()) {
            MODELS.forEach(model -> Tiny.prepare(workspace, experiment(METHODS.get(0), model, cell)));
        }
        train(METHODS.get(0), MODELS.get(0), Cell.CLASSIFICATION); // which makes the tables that all runs share
    }

    static Stream<Arguments> grid() {
        return METHODS.stream().flatMap(method -> MODELS.stream()
                .flatMap(model -> Stream.of(Cell.values()).map(cell -> Arguments.of(method, model, cell))));
    }

    /** A task with its data. */
    enum Cell {
        CLASSIFICATION("{kind: classification}", "{format: topics, train: 16, test: 8, seed: 17}"),
        NER(
                "{kind: ner, overlap: 4}",
                "{format: conll, train: %s/train.conll, test: %s/test.conll, token-column: 0, tag-column: 1,"
                        + " scheme: iob2}"),
        QA(
                "{kind: qa, overlap: 4, max-question: 12, max-answer: 8, best: 3}",
                "{format: squad-form, train: %s/train.json, test: %s/test.json}");

        private final String task;
        private final String source;

        Cell(String task, String source) {
            this.task = task;
            this.source = source;
        }
    }

    @ParameterizedTest
    @MethodSource("grid")
    void aRunsLastRoundIsThatOfAPlainLoop(String method, String model, Cell cell) {
        train(method, model, cell);
    }

    private static void train(String method, String model, Cell cell) {
        String kind = method.replaceAll("\\{kind: (\\w+).*", "$1");
        String run = "%s-%s-%s".formatted(kind, model, cell);
        new Training(workspace).train(experiment(method, model, cell), run);

        RunStore store = new RunStore(workspace.tables(), run);
        List<Round.Summary> rounds = store.rounds();
        Round.Summary last = rounds.get(rounds.size() - 1);
        assertThat(last.number()).isEqualTo(2);
        assertThat(last.clients()).isEqualTo(2);
        assertThat(last.failedClients()).isZero();
        assertThat(store.evaluations(rounds).get(2)).isNotEmpty();
        PlainLoop.requireRoundOf(List.of(0, 1), workspace, Results.of(workspace, run), last.number());
    }

    private static Experiment experiment(String method, String model, Cell cell) {
        return Tiny.experiment(
                "task=" + cell.task,
                "method=" + method,
                "model={name: %s, source: %s}".formatted(model, directory.resolve(model)),
                "data.name=" + cell,
                "data.source=" + cell.source.formatted(directory, directory),
                "partition={kind: iid, clients: 2}",
                "federation={rounds: 2, clients-per-round: 2, min-clients: 1, attempts: 2, deadline: 600, strategy: published}",
                "evaluation.every=2");
    }

    private static String sentences() {
        return """
                Angela\tB-PER
                Merkel\tI-PER
                visited\tO
                Paris\tB-LOC

                Nobody\tO
                knows\tO
                Lagos\tB-LOC
                better\tO

                Ada\tB-PER
                Lovelace\tI-PER
                wrote\tO

                Rain\tO
                fell\tO
                on\tO
                Oslo\tB-LOC
                """;
    }

    private static String questions(String split) {
        String question =
                "{\"id\": \"%s-%d\", \"question\": \"%s\", \"answers\": [{\"text\": \"%s\", \"answer_start\": %d}]}";
        String context = "The mill by the river was built in 1712 and burnt down in 1840.";
        List<String> asked = List.of(
                question.formatted(split, 1, "When was the mill built?", "1712", context.indexOf("1712")),
                question.formatted(split, 2, "When did it burn down?", "1840", context.indexOf("1840")),
                question.formatted(split, 3, "Where is the mill?", "by the river", context.indexOf("by the river")));
        return "{\"data\": [{\"title\": \"Mill\", \"paragraphs\": [{\"context\": \"%s\", \"qas\": [%s]}]}]}"
                .formatted(context, String.join(", ", asked));
    }
}
