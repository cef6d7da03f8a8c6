package federa.job;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.pipeline.Workspace;
import federa.store.Round;
import federa.store.RunStore;
import federa.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar under spark-submit, killed with SIGKILL again and again. Needs {@code ./mvnw package}. */
@Tag("cluster")
class KilledDriverIT {

    private static final int KILLS = 5;
    private static final int ROUNDS = 10;
    private static final String[] SETTINGS = {"federation.rounds=" + ROUNDS, "evaluation.every=" + ROUNDS / 2};

    private final Random random = new Random(2404);

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void aRunThatIsKilledFiveTimesEndsWithTheBitsOfOneThatIsNot() throws Exception {
        Results uninterrupted = Tiny.train(Tiny.prepared(directory.resolve("whole")), "tiny", SETTINGS);

        int kills = 0;
        while (kills < KILLS) {
            try (Submission driver = driver()) {
                waitForMoment(driver, kills);
                driver.kill();
                kills++;
            }
        }
        JsonNode killed;
        try (Submission driver = driver()) {
            killed = driver.result();
        }

        assertThat(killed.get("adapters_sha256").asText())
                .isEqualTo(uninterrupted.last().adaptersSha256());
        assertThat(killed.get("rounds").asInt()).isEqualTo(ROUNDS);
        assertThat(killed.get("value").asDouble()).isEqualTo(uninterrupted.value());
        Workspace workspace = Tiny.empty(directory.resolve("killed"));
        List<Round.Summary> rounds = requireReadable(workspace);
        assertThat(rounds)
                .extracting(Round.Summary::adaptersSha256)
                .isEqualTo(requireReadable(Tiny.empty(directory.resolve("whole"))).stream()
                        .map(Round.Summary::adaptersSha256)
                        .toList());
        assertThat(rounds.stream().map(Round.Summary::attempt).distinct().count())
                .as("attempts that committed rounds")
                .isGreaterThan(1);
        requireNoDuplicates(workspace);
    }

    /** Reads every committed round back, digests checked, and returns them. */
    private static List<Round.Summary> requireReadable(Workspace workspace) {
        RunStore store = new RunStore(workspace.tables(), "tiny");
        List<Round.Summary> rounds = store.rounds();
        assertThat(rounds)
                .extracting(Round.Summary::number)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, ROUNDS).boxed().toList());
        rounds.forEach(store::global);
        return rounds;
    }

    /** A row counts if {@code rounds} has its run, round and attempt; of those, none is there twice. */
    private static void requireNoDuplicates(Workspace workspace) {
        Dataset<Row> rounds = read(workspace, Table.ROUNDS).select("run_id", "round", "attempt");
        assertThat(rounds.count()).isEqualTo(ROUNDS + 1);
        Dataset<Row> adapters = committed(workspace, Table.ADAPTERS, rounds);
        long tensors = adapters.where(col("round").equalTo(0)).count();
        assertThat(adapters.count()).isEqualTo((ROUNDS + 1) * tensors);
        assertThat(adapters.select("round", "name").distinct().count()).isEqualTo((ROUNDS + 1) * tensors);
        Dataset<Row> updates = committed(workspace, Table.CLIENT_UPDATES, rounds);
        assertThat(updates.count()).isEqualTo(ROUNDS * 3);
        assertThat(updates.select("round", "client_id").distinct().count()).isEqualTo(ROUNDS * 3);
        Dataset<Row> evaluations = committed(workspace, Table.EVALUATIONS, rounds);
        assertThat(evaluations.count()).as("three metrics of three rounds").isEqualTo(9);
        assertThat(evaluations.select("round", "metric").distinct().count()).isEqualTo(9);
        assertThat(read(workspace, Table.CLIENT_ASSIGNMENT).count()).isEqualTo(200);
        assertThat(read(workspace, Table.CLIENT_STATS).count()).isEqualTo(5);
    }

    private static Dataset<Row> committed(Workspace workspace, Table table, Dataset<Row> rounds) {
        return read(workspace, table).join(rounds, new String[] {"run_id", "round", "attempt"}, "inner");
    }

    private static Dataset<Row> read(Workspace workspace, Table table) {
        return workspace.tables().read(table).orElseThrow();
    }

    /** {@code federa run} in a process of its own. */
    private Submission driver() throws IOException {
        return Submission.tiny(directory, "killed", "--set", SETTINGS[0], "--set", SETTINGS[1]);
    }

    /** Waits for the moment of the next kill: first before training, then in the first round, then anywhere. */
    private void waitForMoment(Submission driver, int kill) throws IOException, InterruptedException {
        switch (kill) {
            case 0 -> {
                driver.waitFor("imported model");
                Thread.sleep(random.nextInt(3_000));
            }
            case 1 -> {
                driver.waitFor("run tiny: federa trains");
                Thread.sleep(random.nextInt(1_500));
            }
            default -> {
                driver.waitFor("run tiny goes on after round|round=0/");
                for (int rounds = random.nextInt(2); rounds > 0; rounds--) {
                    driver.waitFor("round=\\d+/");
                }
                Thread.sleep(random.nextInt(1_000));
            }
        }
    }
}
