package federa.job;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that looks bad but is not: training goes on. */
class BadInputTrainsTest {

    private static final String TEST = "text,label\nthe sun shines,a\nrain falls,b\n";

    @TempDir
    static Path directory;

    private static SmallWorld world;

    @BeforeAll
    static void write() {
        world = SmallWorld.in(directory);
        world.write("test.csv", TEST);
        world.job(
                        "import-model",
                        "--name",
                        "tiny",
                        "--source",
                        world.file("tiny").toString())
                .done();
    }

    @Test
    void clientsOfOneLabelAndClientsWithoutExamples() {
        String[] options = {
            "--run-id",
            "skewed",
            "--set",
            "partition={kind: class-dirichlet, clients: 30, alpha: 0.01, min-examples: 0}",
            "--set",
            "federation.rounds=2",
            "--set",
            "federation.clients-per-round=4"
        };
        Outcome run = world.experiment("run", options).done();
        Dataset<Row> clients = table("client_stats").where(col("partition_id").startsWith("topics-class"));
        assertThat(clients.where("num_examples = 0").count())
                .as("clients without examples")
                .isPositive();
        assertThat(clients.where("num_examples > 0 and size(histogram) = 1").count())
                .as("clients of one label")
                .isPositive();
        Dataset<Row> updates = table("client_updates").where("run_id = 'skewed'");
        assertThat(updates.count()).isEqualTo(8);
        assertThat(updates.where("status = 'ok' and num_examples > 0").count()).isEqualTo(8);
        assertThat(run.lastLine()).contains("\"rounds\":2");

        int last = (int) clients.where("num_examples > 0").count();
        world.experiment(
                        "run",
                        "--run-id",
                        "skewed2",
                        "--set",
                        options[3],
                        "--set",
                        "federation.clients-per-round=" + (last + 1))
                .refusedWith(
                        "federation.clients-per-round must be 1 to " + last, "the number of clients with examples");
    }

    @Test
    void aDataSetOfOneLabel() {
        world.write("one.csv", "text,label\nthe sun shines,a\nrain falls,a\nsnow lies,a\nwind blows,a\n");
        trains("one-label", "one.csv");
    }

    @Test
    void textsOfAMegabyte() {
        world.write(
                "huge.csv",
                TEST + "word ".repeat(210_000) + ",a\n" + "x".repeat(1_100_000) + ",b\n" + "\ud83d\ude00".repeat(9)
                        + ",a\n");
        trains("huge", "huge.csv");
    }

    private static void trains(String name, String train) {
        world.experiment(
                        "run",
                        "--run-id",
                        name,
                        "--set",
                        "data.name=" + name,
                        "--set",
                        "data.source={format: columns, train: %s, test: %s, text: text, label: label, id: none, key: none}"
                                .formatted(world.file(train), world.file("test.csv")),
                        "--set",
                        "partition={kind: iid, clients: 2}")
                .done();
        assertThat(table("client_updates")
                        .where(col("run_id").equalTo(name).and(col("status").equalTo("ok")))
                        .count())
                .isEqualTo(2);
    }

    private static Dataset<Row> table(String name) {
        return Outcome.spark()
                .read()
                .format("delta")
                .load(world.warehouse().resolve("tables/" + name).toString());
    }
}
