package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.SparkCluster;
import federa.fixture.SparkCluster.Executor;
import federa.fixture.SparkCluster.Machine;
import federa.fixture.SparkCluster.Worker;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.store.Round;
import federa.federated.ClientUpdate;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged jar on a standalone cluster of processes: two workers, a GPU's address each, five clients. Needs {@code
 * ./mvnw package}.
 */
@Tag("cluster")
@Order(1) // the longest first
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ClusterIT {

    private static final int ROUNDS = 3;
    private static final int CLIENTS = 5;

    /** Of the run that diverges: a client with more examples takes a second step, and that has no loss. */
    private static final int BATCH = 40;

    private static final String YAML = Tiny.yaml()
            .replace("clients-per-round: 3", "clients-per-round: " + CLIENTS)
            .replace("epochs: 1", "epochs: 35")
            .replace("every: 1", "every: " + ROUNDS)
            .replace(
                    "baselines: {}",
                    "baselines: {diverging: {training.learning-rate: 1.0e30, training.epochs: 1, training.warm-up: 0.0,"
                            + " training.clip-norm: 0.0, training.batch-size: %d, federation.rounds: 1}}"
                                    .formatted(BATCH));

    @TempDir
    static Path directory;

    private static SparkCluster cluster;
    private static Path conf;

    /** Three rounds in which nothing happens, and what their driver said. */
    private static Results whole;

    private static List<String> log;
    private static List<String> executorLogs;

    @BeforeAll
    static void train() throws Exception {
        conf = Files.writeString(
                directory.resolve("tiny.yaml"),
                YAML.replace("${MODEL}", Tiny.model().toString()));
        cluster = new SparkCluster(directory.resolve("cluster"));
        addWorker(3);
        addWorker(5);
        Files.createDirectories(directory.resolve("events"));
        Map<String, String> settings = Map.of(
                "spark.executor.resource.gpu.amount",
                "1",
                "spark.speculation",
                "true",
                "spark.locality.wait",
                "60s",
                "spark.eventLog.enabled",
                "true",
                "spark.eventLog.dir",
                directory.resolve("events").toUri().toString());
        try (Submission run = submit(settings, "run")) {
            run.result();
            log = run.log();
        }
        cluster.waitUntilIdle();
        executorLogs = cluster.executorLogs();
        whole = Results.of(Tiny.empty(directory.resolve("whole")), "tiny");
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void anExecutorTrainsOneClientAtATime() throws IOException {
        Map<String, List<JsonNode>> byExecutor = new TreeMap<>();
        Set<Integer> stages = new HashSet<>();
        for (JsonNode event : events()) {
            if (event.get("Event").asText().equals("SparkListenerStageSubmitted")
                    && event.at("/Stage Info/Resource Profile Id").asInt() != 0) {
                stages.add(event.at("/Stage Info/Stage ID").asInt());
            }
            if (event.get("Event").asText().equals("SparkListenerTaskEnd")
                    && stages.contains(event.get("Stage ID").asInt())) {
                byExecutor
                        .computeIfAbsent(event.at("/Task Info/Executor ID").asText(), id -> new ArrayList<>())
                        .add(event);
            }
        }

        assertThat(byExecutor).containsOnlyKeys("0", "1");
        assertThat(byExecutor.values().stream().mapToInt(List::size).sum()).isEqualTo((ROUNDS + 1) * CLIENTS);
        byExecutor.values().forEach(tasks -> {
            tasks.sort(Comparator.comparingLong(ClusterIT::launched));
            for (int next = 1; next < tasks.size(); next++) {
                JsonNode before = tasks.get(next - 1);
                // The driver notes the end only after it has launched the next; the task's own time has passed by then.
                assertThat(launched(tasks.get(next)))
                        .isGreaterThanOrEqualTo(launched(before)
                                + before.at("/Task Metrics/Executor Run Time").asLong());
            }
        });
    }

    private static long launched(JsonNode taskEnd) {
        return taskEnd.at("/Task Info/Launch Time").asLong();
    }

    @Test
    void speculationIsSwitchedOffWithAWarning() {
        assertThat(log).anyMatch(line -> line.contains("spark.speculation is set to false"));
    }

    @Test
    void everyTrainerAsksForTheGpuThatItWasGivenAndSaysThatItHasToDoWithout() {
        Map<String, Set<String>> devices = updates(whole)
                .collect(Collectors.groupingBy(
                        ClientUpdate::executor, Collectors.mapping(ClientUpdate::device, Collectors.toSet())));

        assertThat(devices).containsOnlyKeys("0", "1");
        assertThat(devices.values())
                .containsExactlyInAnyOrder(Set.of("cpu instead of gpu:3"), Set.of("cpu instead of gpu:5"));
    }

    @Test
    void aGpuThatCannotBeUsedIsAnErrorThatNamesTheExecutor() throws Exception {
        try (Submission run = submit(
                Map.of("spark.executor.resource.gpu.amount", "1"),
                "train",
                "--run-id",
                "on-gpu",
                "--set",
                "compute.device=gpu")) {
            assertThat(run.exitCode()).as(() -> String.join("\n", run.log())).isEqualTo(2);

            assertThat(run.log())
                    .last()
                    .asString()
                    .matches(
                            "federa: compute.device is gpu, but executor [01] on 127.0.0.1 cannot use gpu:[35]: PyTorch finds 0 CUDA devices there; .*");
        }
    }

    @Test
    void aClientGoesBackToTheExecutorThatHasItsTokens() {
        for (int round = 2; round <= ROUNDS; round++) {
            Map<Integer, String> before = executors(round - 1);
            Map<Integer, String> now = executors(round);
            Map<String, Long> loads =
                    before.values().stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
            before.forEach((client, executor) -> {
                if (loads.get(executor) <= (CLIENTS + 1) / 2) {
                    assertThat(now).containsEntry(client, executor);
                }
            });
        }
    }

    @Test
    void anExecutorReadsTheBaseModelOnceAndAClientOnce() {
        assertThat(executorLogs).hasSize(2).allSatisfy(logged -> {
            assertThat(count("read base model tiny", logged)).isOne();
            for (int client = 0; client < CLIENTS; client++) {
                assertThat(count("read client %d:".formatted(client), logged)).isLessThanOrEqualTo(1);
            }
        });
    }

    @Test
    void aClientThatDivergesIsLeftOutAndTheRoundIsThatOfTheOthers() {
        Workspace workspace = Tiny.empty(directory.resolve("whole"));
        Results run = Results.of(workspace, "tiny-diverging");
        List<ClientUpdate> updates = run.updates().get(1);
        List<Integer> survivors = updates.stream()
                .filter(ClientUpdate::ok)
                .map(ClientUpdate::client)
                .sorted()
                .toList();

        assertThat(updates).hasSize(CLIENTS);
        assertThat(survivors).isNotEmpty().hasSizeLessThan(CLIENTS);
        assertThat(updates).filteredOn(ClientUpdate::ok).allMatch(update -> update.steps() == 1);
        assertThat(updates).filteredOn(update -> !update.ok()).allSatisfy(update -> {
            assertThat(update.error()).startsWith("the loss is NaN at step 2 of ");
            assertThat(update.starts()).as("the same would come out again").isOne();
        });
        PlainLoop.requireRoundOf(survivors, workspace, run, 1);
    }

    @Test
    @Order(1) // while other classes have work for the cores: it waits for Spark to give a process up
    void anExecutorAMachineAndAFrozenProcessThatAreLostBetweenChunksLeaveNoTraceInTheAdapters() throws Exception {
        long bytes = whole.updates().get(1).get(0).bytesUp();
        Map<String, String> settings = Map.of(
                CohortChunks.SIZE,
                Long.toString(bytes), // as many clients at once as there are executors
                "spark.network.timeout",
                "40s",
                "spark.network.timeoutInterval",
                "5s",
                "spark.executor.heartbeatInterval",
                "4s");
        try (Submission run = submit(settings, "train", "--run-id", "lossy")) {
            Executor executor = cluster.workers().get(0).executor();
            executor.waitFor("round 1: client");
            executor.process().destroyForcibly();
            Worker worker = cluster.workers().get(1);
            worker.executor().waitFor("round 2: client");
            cluster.kill(worker);
            run.waitFor("round=2/");
            Executor frozen = cluster.workers().get(0).executor();
            frozen.waitFor("round 3: client");
            frozen.signal("STOP");
            run.result();
        } finally {
            addWorker(5);
        }

        assertThat(directory.resolve("whole/.chunks/lossy"))
                .as("what chunks kept")
                .isEmptyDirectory();
        Results lossy = Results.of(Tiny.empty(directory.resolve("whole")), "lossy");
        assertThat(lossy.rounds())
                .extracting(Round.Summary::adaptersSha256)
                .isEqualTo(whole.rounds().stream()
                        .map(Round.Summary::adaptersSha256)
                        .toList());
        assertThat(updates(lossy)).hasSize(ROUNDS * CLIENTS).allMatch(ClientUpdate::ok);
        // A loss between two rounds starts nobody anew, and the log cannot rule that out: one of the three may be such.
        assertThat(lossy.updates().values().stream()
                        .filter(updates -> updates.stream().anyMatch(update -> update.starts() > 1))
                        .count())
                .as("rounds with clients that were started anew")
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void clientsThatSendOtherShapesAreLeftOutAndTheRoundIsThatOfTheOthers() throws Exception {
        Worker outdated =
                cluster.addWorker(Machine.ofCores(2).withEnvironment(Map.of("SPARK_DIST_CLASSPATH", outdated())));
        Map<String, String> allThree = Map.of(
                "spark.cores.max",
                "6",
                "spark.scheduler.minRegisteredResourcesRatio",
                "1.0",
                "spark.scheduler.maxRegisteredResourcesWaitingTime",
                "600s");
        try (Submission run = submit(
                allThree,
                "train",
                "--run-id",
                "versions",
                "--set",
                "federation.rounds=1",
                "--set",
                "federation.min-clients=2",
                "--set",
                "training.epochs=1")) {
            run.result();
        } finally {
            cluster.kill(outdated);
        }

        Workspace workspace = Tiny.empty(directory.resolve("whole"));
        Results run = Results.of(workspace, "versions");
        Map<Boolean, List<ClientUpdate>> updates =
                run.updates().get(1).stream().collect(Collectors.partitioningBy(ClientUpdate::ok));
        assertThat(updates.get(false)).isNotEmpty().allSatisfy(update -> {
            assertThat(update.status()).isEqualTo(ClientUpdate.FAILED);
            assertThat(update.error())
                    .isEqualTo(
                            "the update of client %d has the tensor classifier.out_proj.weight with shape [16, 10], expected [10, 16]",
                            update.client());
            assertThat(update.starts()).as("the same would come out again").isOne();
        });
        assertThat(updates.get(false))
                .extracting(ClientUpdate::executor)
                .containsOnly(updates.get(false).get(0).executor());
        assertThat(updates.get(true)).hasSizeGreaterThanOrEqualTo(2);
        PlainLoop.requireRoundOf(
                updates.get(true).stream().map(ClientUpdate::client).toList(), workspace, run, 1);
    }

    /**
     * A class path with another version of the code, in which adapters lie the other way round. What a machine has on
     * Spark's own class path goes before the jar that is submitted.
     */
    private static String outdated() throws IOException {
        String code = Files.readString(Submission.HOME.resolve("core/src/main/java/federa/train/ClientModel.java"));
        String other = code.replace("Torch.toTensor(array)", "Torch.toTensor(array.transpose())");
        assertThat(other).isNotEqualTo(code);
        Path classes = Files.createDirectories(directory.resolve("outdated"));
        Path source = Files.writeString(directory.resolve("ClientModel.java"), other);
        String jar = Submission.HOME.resolve("jobs/target/federa.jar").toString();
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-cp", jar, "-d", classes.toString(), source.toString()))
                .isZero();
        return classes + File.pathSeparator + jar;
    }

    private static Submission submit(Map<String, String> settings, String job, String... arguments) throws IOException {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("spark.executor.cores", "2");
        List<String> command = new ArrayList<>(List.of(
                job,
                "--conf",
                conf.toString(),
                "--warehouse",
                directory.resolve("whole").toString()));
        command.addAll(List.of(arguments));
        return cluster.submit(all, command);
    }

    /** A worker with one GPU, of which its discovery script gives this address. */
    private static void addWorker(int address) throws IOException {
        Path script = Files.writeString(
                directory.resolve("gpu-%d.sh".formatted(address)),
                "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"%d\"]}'\n".formatted(address));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        cluster.addWorker(Machine.ofCores(2)
                .withProperties(Map.of(
                        "spark.worker.resource.gpu.amount",
                        "1",
                        "spark.worker.resource.gpu.discoveryScript",
                        script.toString())));
    }

    private static List<JsonNode> events() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<JsonNode> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("events"))) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    events.add(json.readTree(line));
                }
            }
        }
        return events;
    }

    private static Stream<ClientUpdate> updates(Results run) {
        return run.updates().values().stream().flatMap(List::stream);
    }

    private static Map<Integer, String> executors(int round) {
        return whole.updates().get(round).stream()
                .collect(Collectors.toMap(ClientUpdate::client, ClientUpdate::executor));
    }

    private static long count(String text, String in) {
        return Pattern.compile(Pattern.quote(text)).matcher(in).results().count();
    }
}
