package federa.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Seconds from typing the train command to the first client's task: Java, Spark, the model, FeDeRA's start. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description = "Seconds from starting the train job's process to its first client, as Spark's event log has it.",
        footer = {"", "Example: federa bench start --conf conf/experiments/quickstart.yaml"})
public final class BenchStartJob implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private Options.Conf conf;

    @Option(names = "--repetitions", defaultValue = "3", description = "Timed starts (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Override
    public Integer call() {
        conf.read().bind();
        double[] seconds = TemporaryWarehouse.in(directory -> {
            federa(directory, "run", "prepared");
            double[] starts = new double[repetitions];
            for (int i = 0; i < repetitions; i++) {
                starts[i] = federa(directory, "train", "timed-" + i);
            }
            return starts;
        });
        Launch.printJson(BenchOptions.figures("start", seconds));
        return 0;
    }

    /** Runs one round and returns after how many seconds its first client began. */
    private double federa(Path directory, String job, String run) {
        try {
            Path log = Files.createDirectories(directory.resolve("events-" + run));
            Path output = directory.resolve(run + ".log");
            ProcessBuilder process = new ProcessBuilder(
                            Path.of(System.getenv("FEDERA_HOME"), "federa").toString(),
                            job,
                            "--conf=" + conf.file,
                            "--warehouse=" + directory.resolve("warehouse"),
                            "--run-id=" + run)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            conf.assignments.forEach(assignment -> process.command().add("--set=" + assignment));
            process.command().addAll(List.of("--set=federation.rounds=1", "--set=baselines={}"));
            process.environment()
                    .put(
                            "FEDERA_SUBMIT",
                            "--conf spark.eventLog.enabled=true --conf spark.eventLog.dir=" + log.toUri());
            long start = System.currentTimeMillis();
            int code = process.start().waitFor();
            if (code != 0) {
                List<String> lines = Files.readAllLines(output);
                throw new InvalidInputException("the %s job ended with code %d: %s"
                        .formatted(job, code, lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1)));
            }
            return (firstClient(log) - start) / 1e3;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a job ran", e);
        }
    }

    /** When the first task of round 1 began, in milliseconds since 1970. */
    private static long firstClient(Path log) throws IOException {
        try (Stream<Path> files = Files.walk(log)) {
            Path file = files.filter(Files::isRegularFile)
                    .filter(path -> !path.getFileName().toString().startsWith("."))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("Spark wrote no event log in " + log));
            List<JsonNode> events =
                    Files.readAllLines(file).stream().map(BenchStartJob::parse).toList();
            List<Integer> stages = events.stream()
                    .filter(event -> event.path("Event").asText().equals("SparkListenerJobStart"))
                    .filter(event -> event.path("Properties")
                            .path("spark.job.description")
                            .asText()
                            .startsWith("round 1: train"))
                    .flatMap(
                            event -> StreamSupport.stream(event.get("Stage IDs").spliterator(), false))
                    .map(JsonNode::asInt)
                    .toList();
            return events.stream()
                    .filter(event -> event.path("Event").asText().equals("SparkListenerTaskStart"))
                    .filter(event -> stages.contains(event.get("Stage ID").asInt()))
                    .mapToLong(
                            event -> event.get("Task Info").get("Launch Time").asLong())
                    .min()
                    .orElseThrow(() -> new IllegalStateException("no client of round 1 in Spark's event log " + file));
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
