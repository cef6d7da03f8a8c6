package federa.job;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.Tiny;
import federa.pipeline.Workspace;
import federa.store.Round;
import federa.store.RunStore;
import federa.store.Table;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

    /** Root of the repository; tests run in the module's directory. */
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final Random random = new Random(2404);

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void aRunThatIsKilledFiveTimesEndsWithTheBitsOfOneThatIsNot() throws Exception {
        JsonNode uninterrupted = new Driver("whole").result();

        int kills = 0;
        while (kills < KILLS) {
            try (Driver driver = new Driver("killed")) {
                driver.waitForMoment(kills);
                driver.kill();
                kills++;
            }
        }
        JsonNode killed = new Driver("killed").result();

        assertThat(killed.get("adapters_sha256")).isEqualTo(uninterrupted.get("adapters_sha256"));
        assertThat(killed.get("rounds").asInt()).isEqualTo(ROUNDS);
        assertThat(killed.get("value")).isEqualTo(uninterrupted.get("value"));
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

    /** {@code federa run} as the launcher starts it. */
    private final class Driver implements AutoCloseable {

        private final Path out;
        private final Process process;
        private final BufferedReader log;
        private final List<String> seen = new ArrayList<>();

        Driver(String warehouse) throws IOException {
            Path conf = Files.writeString(
                    directory.resolve("tiny.yaml"),
                    Tiny.yaml().replace("${MODEL}", Tiny.model().toString()));
            out = directory.resolve("out");
            Path temporary = Files.createDirectories(directory.resolve("tmp"));
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(System.getProperty("spark.opens").split(" ")));
            command.addAll(List.of(
                    "-Xmx1g",
                    // Processes that live for seconds: compiling well costs more than it brings.
                    "-XX:TieredStopAtLevel=1",
                    "-Djava.io.tmpdir=" + temporary,
                    "-Dlog4j2.configurationFile=file:" + HOME.resolve("conf/spark/log4j2.properties"),
                    "-Dai.djl.offline=true",
                    "-DOPT_OUT_TRACKING=true",
                    "-Dai.djl.pytorch.num_interop_threads=1",
                    "-cp",
                    HOME.resolve("jobs/spark/target/jars") + "/*",
                    "org.apache.spark.deploy.SparkSubmit",
                    "--class",
                    "federa.job.Federa",
                    "--master",
                    "local[2]",
                    "--jars",
                    natives(),
                    HOME.resolve("jobs/target/federa.jar").toString(),
                    "run",
                    "--conf",
                    conf.toString(),
                    "--warehouse",
                    directory.resolve(warehouse).toString(),
                    "--set",
                    "federation.rounds=" + ROUNDS,
                    "--set",
                    "evaluation.every=" + ROUNDS / 2));
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .start();
            log = process.errorReader();
        }

        private static String natives() throws IOException {
            try (Stream<Path> jars = Files.list(HOME.resolve("jobs/target/natives"))) {
                return String.join(",", jars.map(Path::toString).sorted().toList());
            }
        }

        /** Waits for the moment of the next kill: first before training, then in the first round, then anywhere. */
        void waitForMoment(int kill) throws IOException, InterruptedException {
            switch (kill) {
                case 0 -> waitFor("imported model", 3_000);
                case 1 -> waitFor("run tiny: federa trains", 1_500);
                default -> {
                    waitFor("run tiny goes on after round|round=0 ", 0);
                    for (int rounds = random.nextInt(2); rounds > 0; rounds--) {
                        waitFor("round=\\d+/", 0);
                    }
                    Thread.sleep(random.nextInt(1_000));
                }
            }
        }

        private void waitFor(String line, int furtherMillis) throws IOException, InterruptedException {
            for (String next = log.readLine(); next != null; next = log.readLine()) {
                seen.add(next);
                if (Pattern.compile(line).matcher(next).find()) {
                    Thread.sleep(random.nextInt(furtherMillis + 1));
                    return;
                }
            }
            throw new AssertionError("the driver ended before '%s':%n%s".formatted(line, String.join("\n", seen)));
        }

        /** SIGKILL: nothing in the process can react to it. */
        void kill() throws InterruptedException {
            assertThat(process.isAlive()).as("the driver is still running").isTrue();
            process.destroyForcibly().waitFor();
        }

        /** Lets it end and returns the object of its last line. */
        JsonNode result() throws IOException, InterruptedException {
            try (this) {
                log.lines().forEach(seen::add);
                assertThat(process.waitFor()).as(() -> String.join("\n", seen)).isZero();
                List<String> lines = Files.readAllLines(out);
                return new ObjectMapper().readTree(lines.get(lines.size() - 1));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
