package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SharedSpark;
import federa.fixture.SparkCluster;
import federa.fixture.SparkCluster.Executor;
import federa.fixture.SparkCluster.Machine;
import federa.fixture.SparkCluster.Worker;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.store.Round;
import federa.federated.ClientUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two workers with clients of their own. Every example holds its site's canary, which must be nowhere but on that site:
 * not in a file that Spark or the warehouse keeps, not in the memory of the driver or of the other site's executor.
 */
@Tag("cluster")
@Order(2)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ResidentClientsIT {

    private static final Map<String, String> CANARIES =
            Map.of("a", "canary-of-site-a-5e1f", "b", "canary-of-site-b-93c7");
    private static final Map<String, List<Integer>> CLIENTS = Map.of("a", List.of(0, 1, 2), "b", List.of(3, 4));
    private static final List<String> LABELS = List.of("blue", "green", "red");
    private static final String RESIDENT = "{kind: resident, clients: 5}";
    private static final int EXAMPLES = 12;
    private static final int ROUNDS = 3;
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("key", DataTypes.StringType);

    /** So that the bytes of an example are found wherever they have been: nothing is compressed, nothing cleared away. */
    private static final Map<String, String> PLAIN = Map.of(
            "spark.cleaner.referenceTracking", "false",
            "spark.eventLog.compress", "false",
            "spark.broadcast.compress", "false",
            "spark.shuffle.compress", "false",
            "spark.shuffle.spill.compress", "false",
            "spark.rdd.compress", "false",
            "spark.sql.parquet.compression.codec", "uncompressed",
            // Delta's default, which other tests do without: the least and the greatest text of a file in its log.
            "spark.databricks.delta.stats.collect", "true",
            "spark.log.level", "INFO");

    /** Where an example could have got to, with something that every run leaves there. */
    private static final Map<String, String> PLACES = Map.of(
            "tables", "lora_A",
            "shuffle files", "lora_A",
            "event log", "round 1: train",
            "logs", "round=1/",
            "memory of the driver", "lora_A",
            "memory of site a's executor", "lora_A");

    @TempDir
    static Path directory;

    private static SparkCluster cluster;
    private static Worker a;
    private static Worker b;

    /** Of a run of three rounds with resident clients: the places found in its second, and what it left. */
    private static Map<String, Set<String>> resident;

    private static Results whole;

    @BeforeAll
    static void train() throws Exception {
        List<Row> all = new ArrayList<>();
        CLIENTS.forEach((site, clients) -> clients.forEach(client -> {
            List<Row> rows = examples(site, client);
            all.addAll(rows);
            write(rows, directory.resolve("site-" + site + "/texts/client_id=" + client));
        }));
        write(all, directory.resolve("examples/pooled"));
        write(open("train"), directory.resolve("examples/open"));
        write(open("test"), directory.resolve("examples/test"));
        cluster = new SparkCluster(directory.resolve("cluster"));
        a = worker("a", "127.0.0.1");
        b = worker("b", "127.0.0.2");
        resident = searchOf("resident", "open", RESIDENT);
        whole = results("resident");
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void examplesStayOnTheirSiteAndTrainAsTheyWouldInTheWarehouse() throws Exception {
        Map<String, Set<String>> pooled = searchOf("pooled", "pooled", "{kind: natural-key, column: key}");

        assertThat(whole.updates().get(1)).hasSize(5).allMatch(ClientUpdate::ok);
        assertThat(whole.updates().get(1)).extracting(ClientUpdate::numExamples).containsOnly((long) EXAMPLES);
        assertThat(adapters(whole)).isEqualTo(adapters(results("pooled")));
        assertThat(resident.get("canary")).as("places with an example").isEmpty();
        // The search is not blind: it finds what every run leaves in each place, and examples that are not resident.
        assertThat(resident.get("known")).isEqualTo(PLACES.keySet());
        assertThat(pooled.get("canary")).contains("tables", "shuffle files", "memory of the driver");
    }

    @Test
    void aSiteThatIsGoneIsRecordedAndItsClientsTrainNowhereElse() throws Exception {
        cluster.kill(b);
        try (Submission further = submit("further", "resident", "open", RESIDENT, ROUNDS + 1)) {
            further.result();
        }
        try (Submission another = submit("another", "another", "open", RESIDENT, 1)) {
            assertThat(another.exitCode()).isEqualTo(2);
            assertThat(another.log())
                    .anyMatch(line -> line.startsWith(
                            "federa: partition.clients is 5, but the workers have 3 clients of texts after 10 s;"));
        } finally {
            b = worker("b", "127.0.0.2");
        }

        Results run = results("resident");
        assertThat(run.updates().get(ROUNDS)).hasSize(5).allMatch(ClientUpdate::ok);
        assertThat(run.updates().get(ROUNDS + 1))
                .filteredOn(ClientUpdate::ok)
                .extracting(ClientUpdate::client)
                .containsExactlyElementsOf(CLIENTS.get("a"));
        assertThat(run.updates().get(ROUNDS + 1))
                .filteredOn(update -> !update.ok())
                .hasSize(2)
                .allSatisfy(update -> assertThat(update.error())
                        .isEqualTo(("client %d is on no executor that is alive; start the worker that has it, with"
                                        + " FEDERA_CLIENTS in its environment")
                                .formatted(update.client())));
    }

    private static List<Row> examples(String site, int client) {
        return IntStream.range(0, EXAMPLES)
                .mapToObj(i -> RowFactory.create(
                        "%s-%d-%d".formatted(CANARIES.get(site), client, i),
                        "%s says %s"
                                .formatted(
                                        CANARIES.get(site),
                                        LABELS.get((i + client) % 3).repeat(1 + i % 2)),
                        LABELS.get((i + client) % 3),
                        Integer.toString(client)))
                .toList();
    }

    /** One example of each label that is nobody's secret. */
    private static List<Row> open(String split) {
        return LABELS.stream()
                .map(label -> RowFactory.create(split + " " + label, "anybody may read " + label, label, "0"))
                .toList();
    }

    private static void write(List<Row> rows, Path to) {
        SharedSpark.session().createDataFrame(rows, SCHEMA).coalesce(1).write().parquet(to.toString());
    }

    /** Runs with both sites, stops the world in round 2, and returns the places of canaries and of what is known. */
    private static Map<String, Set<String>> searchOf(String name, String train, String partition) throws Exception {
        Path root = cluster.directory();
        try (Submission driver = submit(name, name, train, partition, ROUNDS)) {
            driver.waitFor("round=1/");
            Executor ofSiteB = b.executor();
            ofSiteB.signal("STOP");
            Files.write(root.resolve(name + ".log"), driver.log());
            Path driversMemory = dump(driver.process(), root.resolve("driver.hprof"));
            Path executorsMemory = dump(a.executor().process(), root.resolve("executor.hprof"));
            Map<String, Set<String>> found = search(root, name);
            Files.delete(driversMemory);
            Files.delete(executorsMemory);
            ofSiteB.signal("CONT");
            driver.result();
            return found;
        }
    }

    private static Map<String, Set<String>> search(Path root, String name) throws IOException {
        Set<String> canaries = new TreeSet<>();
        Set<String> known = new TreeSet<>();
        for (Map.Entry<Path, String> file : places(root, name).entrySet()) {
            String place = file.getValue();
            boolean ofSiteA = place.equals("memory of site a's executor");
            for (String site : ofSiteA ? Set.of("b") : CANARIES.keySet()) {
                if (contains(file.getKey(), CANARIES.get(site))) {
                    canaries.add(place);
                }
            }
            if (contains(file.getKey(), PLACES.get(place))) {
                known.add(place);
            }
        }
        return Map.of("canary", canaries, "known", known);
    }

    /** All files that a run leaves, but the jars, each with the place that it belongs to. */
    private static Map<Path, String> places(Path root, String name) throws IOException {
        Map<Path, String> places = new TreeMap<>();
        for (Path file : files(directory.resolve(name))) {
            places.put(file, "tables");
        }
        for (Path file : files(root)) {
            if (!file.toString().endsWith(".jar")) {
                places.put(file, place(root.relativize(file)));
            }
        }
        return places;
    }

    private static String place(Path file) {
        String top = file.getName(0).toString();
        return switch (top) {
            case "driver.hprof" -> "memory of the driver";
            case "executor.hprof" -> "memory of site a's executor";
            case "events" -> "event log";
            default -> file.getNameCount() > 2 && file.getName(1).toString().equals("local") ? "shuffle files" : "logs";
        };
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** Searches a file's bytes, a piece at a time. */
    private static boolean contains(Path file, String text) throws IOException {
        int overlap = text.length();
        String tail = "";
        try (InputStream in = Files.newInputStream(file)) {
            for (byte[] piece = in.readNBytes(1 << 24); piece.length > 0; piece = in.readNBytes(1 << 24)) {
                String bytes = tail + new String(piece, StandardCharsets.ISO_8859_1);
                if (bytes.contains(text)) {
                    return true;
                }
                tail = bytes.substring(Math.max(0, bytes.length() - overlap));
            }
        }
        return false;
    }

    /** Writes all objects in a JVM's memory to a file, those too that nobody refers to any more. */
    private static Path dump(ProcessHandle process, Path file) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process dump = new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.heap_dump", "-all", file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(dump.waitFor()).as(said).isZero();
        return file;
    }

    private static Worker worker(String site, String host) throws IOException {
        return cluster.addWorker(Machine.ofCores(1)
                .at(host)
                .withEnvironment(Map.of(
                        "FEDERA_CLIENTS", directory.resolve("site-" + site).toString())));
    }

    /**
     * Starts a run.
     *
     * @param files name of the directory of the driver's own files
     */
    private static Submission submit(String files, String name, String train, String partition, int rounds)
            throws IOException {
        Path root = cluster.directory();
        Path events = Files.createDirectories(root.resolve("events"));
        Map<String, String> settings = new HashMap<>(PLAIN);
        settings.putAll(Map.of(
                "spark.executor.cores", "1",
                "spark.local.dir", root.resolve(files).resolve("local").toString(),
                "spark.eventLog.enabled", "true",
                "spark.eventLog.dir", "file:" + events,
                "spark.scheduler.maxRegisteredResourcesWaitingTime", "10s"));
        String source = "data.source={format: columns, train: %s, test: %s, text: text, label: label, id: id, key: key}"
                .formatted(directory.resolve("examples/" + train), directory.resolve("examples/test"));
        return cluster.submit(
                settings,
                Submission.tinyRun(
                        directory,
                        name,
                        "--set",
                        "data.name=texts",
                        "--set",
                        source,
                        "--set",
                        "partition=" + partition,
                        "--set",
                        "federation.clients-per-round=5",
                        "--set",
                        "federation.rounds=" + rounds));
    }

    private static Results results(String warehouse) {
        return Results.of(Tiny.empty(directory.resolve(warehouse)), "tiny");
    }

    private static List<String> adapters(Results run) {
        return run.rounds().stream().map(Round.Summary::adaptersSha256).toList();
    }
}
