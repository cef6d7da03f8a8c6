package federa.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import federa.fixture.Tiny;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GridFileTest {

    private static final String GRID =
            """
            name: grid
            experiment: tiny.yaml
            set: {federation.rounds: 2}
            axes:
              alpha:
                "0.1": {partition.alpha: 0.1}
                "10": {partition.alpha: 10.0}
              method:
                federa: {}
                lora: {method.kind: lora}
                full: {method: {kind: full}}
            seeds: [1, 2]
            compare: [method]
            flatness: alpha
            tune:
              per: [method]
              seed: 99
              rounds: 1
              validation: 0.25
              candidates: {training.learning-rate: [0.01, 0.02]}
              instead: {method: {full: {training.learning-rate: [0.0005]}}}
            """;

    private static final ExperimentFile BASE = ExperimentFile.parse(
            "tiny.yaml",
            Tiny.yaml().replace("baselines: {}", "baselines: {lora: {method.kind: lora}}"),
            name -> "model");

    private static GridFile parse(String text) {
        return GridFile.parse("grid.yaml", text, name -> null);
    }

    private static Map<Map<String, String>, Map<String, Object>> first(List<GridFile.Tuning> tunings) {
        Map<Map<String, String>, Map<String, Object>> first = new LinkedHashMap<>();
        tunings.forEach(t -> first.put(t.values(), t.candidates().get(0).keys()));
        return first;
    }

    @Test
    void everyCombinationWithEverySeedIsACellWithAnIdOfItsOwn() {
        GridFile grid = parse(GRID);
        List<GridFile.Cell> cells = grid.cells(BASE, first(grid.tunings(BASE)));

        assertThat(cells)
                .extracting(GridFile.Cell::runId)
                .startsWith("grid-0.1-federa-s1", "grid-0.1-lora-s1", "grid-0.1-full-s1", "grid-10-federa-s1")
                .endsWith("grid-10-full-s2")
                .hasSize(12)
                .doesNotHaveDuplicates();
        Experiment cell = cells.get(4).experiment();
        assertThat(cells.get(4).values()).containsExactly(entry("alpha", "10"), entry("method", "lora"));
        assertThat(cell.name()).isEqualTo("grid");
        assertThat(cell.seed()).isEqualTo(1);
        assertThat(cell.method().name()).isEqualTo("lora");
        assertThat(cell.federation().rounds()).isEqualTo(2);
        assertThat(cell.training().learningRate()).isEqualTo(0.01);
        assertThat(cell.baselines()).isEmpty();
        assertThat(cells.get(5).experiment().training().learningRate()).isEqualTo(0.0005);
    }

    @Test
    void tuningRunsHaveTheirOwnSeedAndRoundsAndNeverSeeTheTestSplit() {
        List<GridFile.Tuning> tunings = parse(GRID).tunings(BASE);

        assertThat(tunings)
                .extracting(t -> t.values() + " " + t.candidates().size())
                .containsExactly("{method=federa} 2", "{method=lora} 2", "{method=full} 1");
        GridFile.Cell run = tunings.get(1).candidates().get(1).run();
        assertThat(run.runId()).isEqualTo("grid-tune-lora-0.02");
        assertThat(run.values()).containsEntry("alpha", "0.1");
        assertThat(run.experiment().seed()).isEqualTo(99);
        assertThat(run.experiment().federation().rounds()).isEqualTo(1);
        assertThat(run.experiment().evaluation()).isEqualTo(new Experiment.Evaluation(0, 32, 0.25, 0));
        assertThat(run.experiment().evaluation().due(0, 1)).isFalse();
        assertThat(run.experiment().evaluation().due(1, 1)).isFalse();
    }

    @Test
    void cellsWhoseTuningFoundNothingAreLeftOut() {
        assertThat(parse(GRID).cells(BASE, Map.of(Map.of("method", "lora"), Map.of())))
                .extracting(GridFile.Cell::runId)
                .containsExactly("grid-0.1-lora-s1", "grid-10-lora-s1", "grid-0.1-lora-s2", "grid-10-lora-s2");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("seeds: [1, 2]", "sedes: [1, 2]", "unknown key 'sedes' (did you mean 'seeds'?)"),
                arguments("seeds: [1, 2]", "", "the key 'seeds' is missing"),
                arguments("seeds: [1, 2]", "seeds: [1, 1]", "seeds must differ from each other, got [1, 1]"),
                arguments("seeds: [1, 2]", "seeds: [1, two]", "seeds.[1] must be"),
                arguments("lora: {method.kind: lora}", "lora: 7", "axes.method.lora must be a mapping"),
                arguments("lora: {method.kind: lora}", "lora:", "axes.method.lora must be a mapping"),
                arguments("lora: {method.kind: lora}", "'lo ra': {}", "axes.method must be 1 to 100 letters"),
                arguments(
                        "lora: {method.kind: lora}",
                        "lora: {method.rnk: 4}",
                        "axes.method.lora: unknown key 'method.rnk' (did you mean 'method.rank'?)"),
                arguments(
                        "lora: {method.kind: lora}",
                        "lora: {method.kind: lorra}",
                        "axes.method.lora: method.kind must be one of ["),
                arguments(
                        "federation.rounds: 2",
                        "federation.rouns: 2",
                        "grid.yaml, set: unknown key 'federation.rouns'"),
                arguments(
                        "federation.rounds: 2",
                        "federation.clients-per-round: 9",
                        "grid.yaml, set: federation.clients-per-round must be at most partition.clients, which is 5, got 9"),
                arguments(
                        "compare: [method]",
                        "compare: [methd]",
                        "compare must be one of [alpha, method], got 'methd' (did"),
                arguments("flatness: alpha", "flatness: method", "flatness must not be an axis of compare"),
                arguments("per: [method]", "per: [metho]", "tune.per must be one of [alpha, method]"),
                arguments("validation: 0.25", "validation: 0", "tune.validation must be above 0 and below 1, got 0.0"),
                arguments("[0.01, 0.02]", "[]", "tune.candidates.training.learning-rate must be a list of values"),
                arguments("[0.01, 0.02]", "[0.01, -1.0]", "tune.candidates.training.learning-rate must be 1 to 100"),
                arguments("{full: {", "{fll: {", "tune.instead.method must be one of [federa, lora, full], got 'fll'"),
                arguments(
                        "candidates: {training.learning-rate",
                        "candidates: {training.lerning-rate",
                        "tune.candidates: unknown key 'training.lerning-rate' (did you mean 'training.learning-rate'?)"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsToldInOneLineWithThePathOfTheKey(String right, String wrong, String told) {
        assertThat(GRID).contains(right);
        assertThatThrownBy(() -> {
                    GridFile grid = parse(GRID.replace(right, wrong));
                    grid.cells(BASE, first(grid.tunings(BASE)));
                })
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("grid.yaml")
                .hasMessageContaining(told)
                .message()
                .hasLineCount(1);
    }

    @Test
    void aMistakeOfTheExperimentFileIsToldOfThatFile() {
        ExperimentFile wrong = ExperimentFile.parse("base.yaml", Tiny.yaml().replace("seed: 7", "seeed: 7"), n -> "m");

        assertThatThrownBy(() -> parse(GRID).tunings(wrong)).hasMessageStartingWith("base.yaml: unknown key 'seeed'");
    }

    @Test
    void differentCombinationsMustHaveDifferentRunIds() {
        String twice =
                """
                name: grid
                experiment: tiny.yaml
                axes: {a: {x: {}, x-y: {}}, b: {y-z: {}, z: {}}}
                seeds: [1]
                compare: [b]
                """;
        assertThatThrownBy(() -> parse(twice).cells(BASE, Map.of()))
                .hasMessageContaining("must make different run ids, got grid-x-y-z-s1 twice");
    }

    @Test
    void variablesOfTheEnvironmentAreReplaced() {
        String text = GRID.replace("name: grid", "name: \"${NAME}\"");

        assertThat(GridFile.parse("grid.yaml", text, Map.of("NAME", "mine")::get)
                        .grid()
                        .name())
                .isEqualTo("mine");
        assertThatThrownBy(() -> parse(text))
                .hasMessage("grid.yaml: name needs the environment variable NAME, which is not set");
    }

    static List<Path> shipped() throws IOException {
        return ExperimentFileTest.shipped(true);
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everyShippedGridBindsWithItsTuningAndItsDevices(Path file) throws IOException {
        UnaryOperator<String> environment =
                name -> name.equals("FEDERA_HOME") ? ".." : "/" + name.toLowerCase(Locale.ROOT);
        GridFile grid = GridFile.parse(file.toString(), Files.readString(file), environment);
        Path base = file.resolveSibling(grid.grid().experiment());
        ExperimentFile experiment = ExperimentFile.parse(base.toString(), Files.readString(base), environment);
        List<GridFile.Tuning> tunings = grid.tunings(experiment);

        assertThat(grid.cells(experiment, first(tunings)))
                .hasSize(grid.grid().seeds().size()
                        * grid.grid().axes().values().stream()
                                .mapToInt(Map::size)
                                .reduce(1, (a, b) -> a * b));
        Path devices = file.resolveSibling(grid.grid().devices()).normalize();
        assertThat(ProfilesFile.parse(devices.toString(), Files.readString(devices))
                        .scenarios())
                .hasSize(12)
                .anySatisfy(scenario -> assertThat(scenario.slowdown()).isEqualTo(1));
    }

    @Test
    void aMistakeOfADeviceIsToldWithItsKey() {
        assertThatThrownBy(() -> ProfilesFile.parse(
                        "devices.yaml",
                        "{measured-on: cpu, devices: {cpu: {gigaflop: 1, source: s, assumed: true}}, links: {}}"))
                .hasMessageStartingWith("devices.yaml: unknown key 'devices.cpu.gigaflop' (did you mean");
        assertThatThrownBy(() -> ProfilesFile.parse("devices.yaml", "{measured-on: gpu, devices: {}, links: {}}"))
                .hasMessage("devices.yaml: measured-on must be one of [], got gpu");
    }
}
