package federa.job;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import federa.store.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareJobTest {

    private static final String GRID =
            """
            name: grid
            experiment: experiment.yaml
            set: {federation.rounds: 2, federation.clients-per-round: 1, training.epochs: 2}
            axes:
              alpha:
                "0.5": {partition.alpha: 0.5}
              method:
                federa: {}
                lora: {method.kind: lora}
            seeds: [1, 2]
            compare: [method]
            flatness: alpha
            tune:
              per: [method]
              seed: 99
              rounds: 1
              validation: 0.3
              candidates: {training.learning-rate: [1.0e-7, 0.05, 1.0e+30]}
            """;

    @TempDir
    static Path directory;

    private static SmallWorld world;
    private static Outcome compared;

    @BeforeAll
    static void compare() {
        world = SmallWorld.in(directory);
        world.write("grid.yaml", GRID);
        compared = grid("grid.yaml", "--parallel", "2").done();
    }

    private static Outcome grid(String file, String... options) {
        String[] all = new String[options.length + 2];
        all[0] = "--conf";
        all[1] = world.file(file).toString();
        System.arraycopy(options, 0, all, 2, options.length);
        return world.job("compare", all);
    }

    private static Dataset<Row> rows(Table table) {
        return Outcome.spark().read().format("delta").load(world.warehouse() + "/tables/" + table.tableName());
    }

    /** The last attempt of each run. */
    private static Map<String, Integer> attempts() {
        Map<String, Integer> attempts = new TreeMap<>();
        rows(Table.RUNS)
                .collectAsList()
                .forEach(row -> attempts.merge(row.getAs("run_id"), row.getAs("attempt"), Math::max));
        return attempts;
    }

    @Test
    void everyCellIsARunAndCellsOfASeedHaveTheSameClients() {
        List<Row> runs = rows(Table.RUNS).where("run_id like 'grid-0.5-%'").collectAsList();

        assertThat(runs)
                .extracting(row -> row.<String>getAs("run_id"))
                .containsExactlyInAnyOrder(
                        "grid-0.5-federa-s1", "grid-0.5-lora-s1", "grid-0.5-federa-s2", "grid-0.5-lora-s2");
        assertThat(runs.stream().map(row -> row.<String>getAs("partition_id")).distinct())
                .hasSize(2);
        assertThat(compared.lastLine()).startsWith("{\"comparison\":\"grid\",\"cells\":4,\"failed\":[]");
    }

    @Test
    void theTunedRateIsThatOfTheBestValidationMetricAndTheTestSplitIsNotReadForIt() {
        List<Row> tunings = rows(Table.TUNINGS).where("edition = 1").collectAsList();

        assertThat(tunings).hasSize(6);
        assertThat(tunings.stream().filter(row -> row.isNullAt(row.fieldIndex("validation"))))
                .as("the rate at which every client diverges")
                .extracting(row -> row.<String>getAs("run_id"))
                .containsExactly("grid-tune-federa-1.0E30", "grid-tune-lora-1.0E30");
        for (String method : List.of("federa", "lora")) {
            List<Row> candidates = tunings.stream()
                    .filter(row -> row.getJavaMap(row.fieldIndex("setting")).equals(Map.of("method", method))
                            && !row.isNullAt(row.fieldIndex("validation")))
                    .toList();
            Row chosen = candidates.stream()
                    .filter(row -> row.<Boolean>getAs("chosen"))
                    .findFirst()
                    .orElseThrow();
            assertThat(candidates).hasSize(2).allSatisfy(row -> assertThat(row.<Double>getAs("validation"))
                    .isLessThanOrEqualTo(chosen.getAs("validation")));
            Object rate = chosen.getJavaMap(chosen.fieldIndex("keys")).get("training.learning-rate");
            assertThat(rows(Table.RUNS)
                            .where(col("run_id").equalTo("grid-0.5-%s-s2".formatted(method)))
                            .first()
                            .<String>getAs("config"))
                    .contains("\n  learning-rate: " + rate + "\n");
        }
        assertThat(rows(Table.EVALUATIONS)
                        .where("run_id like 'grid-tune-%'")
                        .select("split")
                        .distinct()
                        .collectAsList())
                .extracting(row -> row.getString(0))
                .containsExactly("validation");
    }

    @Test
    void whatIsFinishedIsNotTrainedAgainAndWhatWasBegunGoesOn() {
        String more = GRID.substring(0, GRID.indexOf("tune:")).replace("name: grid", "name: more");
        world.write(
                "begun.yaml",
                more.replace("federation.rounds: 2", "federation.rounds: 1").replace("[1, 2]", "[1]"));
        grid("begun.yaml").done(); // as if it had been killed after a round of each cell of the first seed
        world.write("half.yaml", more.replace("lora: {method.kind: lora}", "").replace("[1, 2]", "[1]"));
        grid("half.yaml").done(); // and one of these had gone on to its end
        world.write("more.yaml", more);
        grid("more.yaml").done();
        grid("more.yaml").done();

        Map<String, Integer> attempts = attempts();
        attempts.keySet().removeIf(id -> !id.startsWith("more-"));
        assertThat(attempts)
                .containsOnly(
                        Map.entry("more-0.5-federa-s1", 2),
                        Map.entry("more-0.5-lora-s1", 2),
                        Map.entry("more-0.5-federa-s2", 1),
                        Map.entry("more-0.5-lora-s2", 1));
        assertThat(rows(Table.COMPARISONS)
                        .where("comparison = 'more' and edition = 4 and seeds = 2")
                        .count())
                .isEqualTo(6);
    }

    @Test
    void aCellThatFailsLeavesTheOthersAndIsToldInOneLine() {
        world.write(
                "failing.yaml",
                """
                name: failing
                experiment: experiment.yaml
                axes: {method: {wild: {training.learning-rate: 1.0e+30}, lora: {method.kind: lora}}}
                seeds: [1]
                compare: [method]
                """);
        Outcome outcome = grid("failing.yaml");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err().lines()).hasSize(1);
        assertThat(outcome.err()).startsWith("federa: run failing-wild-s1 failed: ");
        assertThat(rows(Table.ROUNDS)
                        .where("run_id = 'failing-lora-s1' and round = 1")
                        .count())
                .isEqualTo(1);
        assertThat(outcome.lastLine()).contains("\"failed\":[\"failing-wild-s1\"]");
    }

    @Test
    void aDryRunWritesNothingAndSaysWhereItsNumbersAreFrom() {
        SmallWorld fresh = SmallWorld.in(directory.resolve("fresh"));
        String file = fresh.write("grid.yaml", GRID).toString();
        Outcome outcome = fresh.refused("compare", "--conf", file, "--dry-run").done();

        assertThat(fresh.warehouse()).doesNotExist();
        assertThat(outcome.out())
                .contains("grid-tune-lora-0.05", "grid-0.5-lora-s2", "probed")
                .doesNotContain("measured");
        assertThat(outcome.lastLine()).contains("\"runs\":10,");
        assertThat(grid("grid.yaml", "--dry-run").done().out())
                .contains("measured")
                .doesNotContain("probed");
    }

    @Test
    void aMistakeIsToldBeforeAnythingIsWritten() {
        world.write("wrong.yaml", GRID.replace("method.kind: lora", "method.rnak: 3"));
        world.refused("compare", "--conf", world.file("wrong.yaml").toString())
                .refusedWith("wrong.yaml, axes.method.lora: unknown key 'method.rnak' (did you mean 'method.rank'?)");
        world.write("nothing.yaml", GRID.replace("experiment.yaml", "nothing-here.yaml"));
        world.refused("compare", "--conf", world.file("nothing.yaml").toString())
                .refusedWith("cannot read experiment", "nothing-here.yaml");
    }
}
