package federa.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.spi.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All benchmarks, each in a process of its own, as a table. */
@Command(
        name = "all",
        mixinStandardHelpOptions = true,
        description = "Runs all benchmarks, each in a process of its own, and prints a table.",
        footer = {"", "Takes about 15 minutes on two cores, which nothing else should use meanwhile."})
public final class BenchAllJob implements Callable<Integer> {

    private static final String FORMAT = "%-58s %9s %9s %9s %9s  %s%n";

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            defaultValue = "conf/experiments/quickstart.yaml",
            description = "Experiment whose data and rounds are measured (default: ${DEFAULT-VALUE}).")
    private String conf;

    /** A benchmark and the slots that it has. */
    private record Bench(int slots, List<String> arguments) {
        static Bench of(int slots, String... arguments) {
            return new Bench(slots, List.of(arguments));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.out.printf(FORMAT, "benchmark", "median s", "min s", "max s", "peak GB", "");
        for (Bench bench : List.of(
                Bench.of(2, "step", "--precision=fp32"),
                Bench.of(2, "step", "--precision=bf16"),
                Bench.of(2, "step", "--arch=deberta", "--precision=bf16"),
                Bench.of(2, "init", "--rank=32"),
                Bench.of(2, "epoch", "--conf=" + conf, "--examples=400", "--precision=bf16"),
                Bench.of(2, "score", "--conf=" + conf, "--examples=400", "--precision=bf16"),
                Bench.of(1, "round", "--conf=" + conf),
                Bench.of(2, "round", "--conf=" + conf),
                Bench.of(2, "start", "--conf=" + conf),
                Bench.of(2, "aggregate", "--clients=1000", "--rank=32"),
                Bench.of(2, "partition", "--rows=1000000", "--clients=1000"))) {
            JsonNode result = run(bench);
            System.out.printf(
                    FORMAT,
                    String.join(" ", bench.arguments()) + (bench.slots() == 1 ? " in local[1]" : ""),
                    "%.2f".formatted(result.get("median_seconds").asDouble()),
                    "%.2f".formatted(result.get("min_seconds").asDouble()),
                    "%.2f".formatted(result.get("max_seconds").asDouble()),
                    "%.2f".formatted(result.get("peak_rss_bytes").asDouble() / 1e9),
                    further(result));
        }
        return 0;
    }

    /** The figures that only some benchmarks have. */
    private static String further(JsonNode result) {
        List<String> figures = new ArrayList<>();
        for (String name : List.of(
                "min_cpu_seconds",
                "ratio",
                "examples_per_second",
                "clients_per_second",
                "outside_seconds",
                "rows_per_second")) {
            if (result.has(name)) {
                figures.add("%s %.2f".formatted(name, result.get(name).asDouble()));
            }
        }
        return String.join(", ", figures);
    }

    private static JsonNode run(Bench bench) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getenv("FEDERA_HOME"), "federa").toString(), "bench"));
        command.addAll(bench.arguments());
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("FEDERA_MASTER", "local[%d]".formatted(bench.slots()));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new InvalidInputException(
                    "federa bench %s failed; its message is above".formatted(String.join(" ", bench.arguments())));
        }
        return new ObjectMapper()
                .readTree(output.lines().reduce((first, second) -> second).orElseThrow());
    }
}
