package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SharedSpark;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.store.Round;
import federa.store.Round.ClientUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two workers with clients of their own. Every example holds its site's canary, which must be nowhere but on that site:
 * not in a file that Spark or the warehouse keeps, not in the memory of the driver or of the other site's executor.
 */
@Tag("cluster")
class ResidentClientsIT {

    private static final Map<String, String> CANARIES =
            Map.of("a", "canary-of-site-a-5e1f", "b", "canary-of-site-b-93c7");
    private static final Map<String, List<Integer>> CLIENTS = Map.of("a", List.of(0, 1, 2), "b", List.of(3, 4));
    private static final List<String> LABELS = List.of("blue", "green", "red");
    private static final String RESIDENT = "{kind: resident, clients: 5}";
    private static final int EXAMPLES = 12;
    private static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.StringType)
            .add("text", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("key", DataTypes.StringType);

    /** So that the bytes of an example are found wherever they have been: nothing is compressed, nothing cleared away. */
    private static final List<String> PLAIN = List.of(
            "spark.cleaner.referenceTracking=false",
            "spark.eventLog.compress=false",
            "spark.broadcast.compress=false",
            "spark.shuffle.compress=false",
            "spark.shuffle.spill.compress=false",
            "spark.rdd.compress=false",
            "spark.sql.parquet.compression.codec=uncompressed");

    /** Where an example could have got to, with something that every run leaves there. */
    private static final Map<String, String> PLACES = Map.of(
            "tables", "lora_A",
            "shuffle files", "lora_A",
            "event log", "round 1: train",
            "logs", "round=1/",
            "memory of the driver", "lora_A",
            "memory of site a's executor", "lora_A");

    @TempDir
    Path directory;

    @BeforeEach
    void writeExamples() {
        List<Row> all = new ArrayList<>();
        CLIENTS.forEach((site, clients) -> clients.forEach(client -> {
            List<Row> rows = examples(site, client);
            all.addAll(rows);
            write(rows, directory.resolve("site-" + site + "/texts/client_id=" + client));
        }));
        write(all, directory.resolve("examples/pooled"));
        write(open("train"), directory.resolve("examples/open"));
        write(open("test"), directory.resolve("examples/test"));
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void examplesStayOnTheirSiteAndTrainAsTheyWouldInTheWarehouse() throws Exception {
        Map<String, Set<String>> resident = searchOf("resident", "open", RESIDENT);
        Map<String, Set<String>> pooled = searchOf("pooled", "pooled", "{kind: natural-key, column: key}");

        Results run = results("resident");
        assertThat(run.updates().get(1)).hasSize(5).allMatch(ClientUpdate::ok);
        assertThat(run.updates().get(1)).extracting(ClientUpdate::numExamples).containsOnly((long) EXAMPLES);
        assertThat(adapters(run)).isEqualTo(adapters(results("pooled")));
        assertThat(resident.get("canary")).as("places with an example").isEmpty();
        // The search is not blind: it finds what every run leaves in each place, and examples that are not resident.
        assertThat(resident.get("known")).isEqualTo(PLACES.keySet());
        assertThat(pooled.get("canary")).contains("tables", "shuffle files", "memory of the driver");
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void aSiteThatIsGoneIsRecordedAndItsClientsTrainNowhereElse() throws Exception {
        try (Standalone cluster = new Standalone(Files.createDirectories(directory.resolve("cluster")))) {
            worker(cluster, "a", "127.0.0.1");
            Process b = worker(cluster, "b", "127.0.0.2");
            assertThat(submit(cluster, "first", "resident", "open", RESIDENT, 1).waitFor())
                    .isZero();
            b.descendants().forEach(ProcessHandle::destroyForcibly);
            b.destroyForcibly().waitFor();

            assertThat(submit(cluster, "second", "resident", "open", RESIDENT, 2)
                            .waitFor())
                    .isZero();
            Process another = submit(cluster, "third", "another", "open", RESIDENT, 1);

            Results run = results("resident");
            assertThat(run.updates().get(1)).hasSize(5).allMatch(ClientUpdate::ok);
            assertThat(run.updates().get(2))
                    .filteredOn(ClientUpdate::ok)
                    .extracting(ClientUpdate::client)
                    .containsExactlyElementsOf(CLIENTS.get("a"));
            assertThat(run.updates().get(2))
                    .filteredOn(update -> !update.ok())
                    .hasSize(2)
                    .allSatisfy(update -> assertThat(update.error())
                            .isEqualTo(("client %d is on no executor that is alive; start the worker that has it, with"
                                            + " FEDERA_CLIENTS in its environment")
                                    .formatted(update.client())));
            assertThat(another.waitFor()).isEqualTo(2);
            assertThat(Files.readString(cluster.log("third")))
                    .contains("federa: partition.clients is 5, but the workers have 3 clients of texts after 10 s;");
        }
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
    private Map<String, Set<String>> searchOf(String name, String train, String partition) throws Exception {
        Path root = Files.createDirectories(directory.resolve("cluster-" + name));
        try (Standalone cluster = new Standalone(root)) {
            Process a = worker(cluster, "a", "127.0.0.1");
            Process b = worker(cluster, "b", "127.0.0.2");
            Process driver = submit(cluster, "driver", name, train, partition, 3);
            cluster.waitFor("driver", "round=(1)/");
            signal("STOP", b.descendants());
            dump(driver.toHandle(), root.resolve("driver.hprof"));
            dump(a.descendants().findFirst().orElseThrow(), root.resolve("executor.hprof"));

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
            signal("CONT", b.descendants());
            assertThat(driver.waitFor()).as(() -> read(cluster.log("driver"))).isZero();
            return Map.of("canary", canaries, "known", known);
        }
    }

    /** All files that a run leaves, but the jars, each with the place that it belongs to. */
    private Map<Path, String> places(Path root, String name) throws IOException {
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

    private static void signal(String signal, Stream<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes.toList()) {
            command("kill", "-" + signal, Long.toString(process.pid()));
        }
    }

    /** Writes all objects in a JVM's memory to a file, those too that nobody refers to any more. */
    private static void dump(ProcessHandle process, Path file) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        command(jcmd.toString(), Long.toString(process.pid()), "GC.heap_dump", "-all", file.toString());
    }

    private static void command(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private Process worker(Standalone cluster, String site, String host) throws Exception {
        return cluster.worker(
                site,
                host,
                Map.of("FEDERA_CLIENTS", directory.resolve("site-" + site).toString()));
    }

    private Process submit(Standalone cluster, String log, String name, String train, String partition, int rounds)
            throws IOException {
        Path events = Files.createDirectories(cluster.log("events").resolveSibling("events"));
        Path conf = Files.writeString(
                directory.resolve("tiny.yaml"),
                Tiny.yaml().replace("${MODEL}", Tiny.model().toString()));
        List<String> settings = new ArrayList<>(PLAIN);
        settings.addAll(List.of(
                "spark.eventLog.enabled=true",
                "spark.eventLog.dir=file:" + events,
                "spark.scheduler.maxRegisteredResourcesWaitingTime=10s"));
        return cluster.submit(
                log,
                settings,
                "run",
                "--conf",
                conf.toString(),
                "--warehouse",
                directory.resolve(name).toString(),
                "--set",
                "data.name=texts",
                "--set",
                "data.source={format: columns, train: %s, test: %s, text: text, label: label, id: id, key: key}"
                        .formatted(directory.resolve("examples/" + train), directory.resolve("examples/test")),
                "--set",
                "partition=" + partition,
                "--set",
                "federation.clients-per-round=5",
                "--set",
                "federation.rounds=" + rounds);
    }

    private Results results(String warehouse) {
        return Results.of(Tiny.empty(directory.resolve(warehouse)), "tiny");
    }

    private static List<String> adapters(Results run) {
        return run.rounds().stream().map(Round.Summary::adaptersSha256).toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
