package federa.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.SharedSpark;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The DAG's command lines, through the launcher and the packaged jar. Needs {@code ./mvnw package} and python3. */
@Tag("cluster")
class AirflowDagIT {

    private static final String RUN_ID = "manual__2026-01-01T00:00:00+00:00";

    @TempDir
    Path directory;

    private Map<String, String> environment;

    @BeforeEach
    void settings() throws Exception {
        assumeTrue(onPath("python3"), "python3 is not on the PATH; it reads the DAG file");
        Path conf = Files.writeString(
                directory.resolve("tiny.yaml"),
                Tiny.yaml().replace("${MODEL}", Tiny.model().toString()));
        environment = Map.of(
                "FEDERA_HOME", Submission.HOME.toString(),
                "FEDERA_CONF", conf.toString(),
                "FEDERA_WAREHOUSE", directory.resolve("warehouse").toString(),
                "FEDERA_RESULTS", directory.resolve("results").toString(),
                "FEDERA_SUBMIT", String.join(" ", Submission.small()),
                "JDK_JAVA_OPTIONS", Submission.brief());
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void everyTaskRunsAndRunsAgain() throws Exception {
        JsonNode tasks = dag("tasks");
        assertThat(tasks.findValuesAsText("task"))
                .containsExactly("import_model", "prepare", "partition", "train", "evaluate", "export", "report");
        assertThat(tasks).allSatisfy(task -> {
            assertThat(task.at("/retries").asInt()).isPositive();
            assertThat(task.at("/class").asText()).isEqualTo(Federa.class.getName());
        });

        for (JsonNode task : tasks) {
            Ran ran = launch(arguments(task));
            assertThat(ran.code()).as(task + "\n" + ran.err()).isZero();
            assertThat(ran.err()).contains("Spark application local-");
        }
        JsonNode first = dag("result");
        assertThat(first.at("/train/run_id").asText()).isEqualTo("manual__2026-01-01T00-00-00-00-00");
        assertThat(first.at("/train/rounds").asInt()).isEqualTo(3);
        assertThat(first.at("/evaluate/value").asDouble())
                .isEqualTo(first.at("/train/value").asDouble());
        assertThat(directory.resolve("warehouse/reports/manual__2026-01-01T00-00-00-00-00.html"))
                .exists();

        SharedSpark.session(); // in this process, which has nothing in memory of the first time
        for (JsonNode task : tasks) {
            assertThat(Launch.run(new Federa(), arguments(task).toArray(String[]::new)))
                    .as(task.toString())
                    .isZero();
        }
        assertThat(dag("result").at("/train/adapters_sha256")).isEqualTo(first.at("/train/adapters_sha256"));
    }

    @Test
    void aTaskThatFailsSaysWhyInOneLine() throws Exception {
        Ran ran = launch(
                List.of("evaluate", "--warehouse", directory.resolve("none").toString(), "--run-id", "x"));

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err().lines().filter(line -> line.startsWith("federa: ")))
                .hasSize(1);
    }

    private static List<String> arguments(JsonNode task) {
        List<String> arguments = new ArrayList<>();
        task.get("arguments").forEach(argument -> arguments.add(argument.asText()));
        return arguments;
    }

    private JsonNode dag(String wanted) throws Exception {
        Ran ran = run(List.of(
                "python3",
                "src/test/python/dag_tasks.py",
                Submission.HOME + "/jobs/dags/federa_run.py",
                RUN_ID,
                wanted));
        assertThat(ran.code()).as(ran.err()).isZero();
        return new ObjectMapper().readTree(ran.out());
    }

    private Ran launch(List<String> arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Submission.HOME.resolve("federa").toString()));
        command.addAll(arguments);
        return run(command);
    }

    private record Ran(int code, String out, String err) {}

    private Ran run(List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            int code = process.waitFor();
            return new Ran(code, Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private static boolean onPath(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
