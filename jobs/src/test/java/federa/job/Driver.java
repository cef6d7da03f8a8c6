package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.Tiny;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A job of the packaged jar as a process of its own, as the launcher starts it. */
final class Driver implements AutoCloseable {

    /** Root of the repository; tests run in the module's directory. */
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final Path out;
    private final Process process;
    private final BufferedReader log;
    private final List<String> seen = new ArrayList<>();

    private Driver(Path directory, List<String> command) throws IOException {
        out = Files.createTempFile(directory, "out", ".txt");
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .start();
        log = process.errorReader();
    }

    /** Starts the tiny experiment in a warehouse of the directory. */
    static Driver run(Path directory, String warehouse, String... options) throws IOException {
        List<String> job = new ArrayList<>(List.of(
                "run",
                "--conf",
                conf(directory).toString(),
                "--warehouse",
                directory.resolve(warehouse).toString()));
        job.addAll(List.of(options));
        return start(directory, List.of(), job);
    }

    /** Starts a job, with further options of spark-submit. */
    static Driver start(Path directory, List<String> submit, List<String> job) throws IOException {
        return new Driver(directory, command(directory, submit, job));
    }

    /** The tiny experiment's file in the directory. */
    static Path conf(Path directory) throws IOException {
        return Files.writeString(
                directory.resolve("tiny.yaml"),
                Tiny.yaml().replace("${MODEL}", Tiny.model().toString()));
    }

    /** The command line of a job. */
    static List<String> command(Path directory, List<String> submit, List<String> job) throws IOException {
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
                natives()));
        command.addAll(submit);
        command.add(HOME.resolve("jobs/target/federa.jar").toString());
        command.addAll(job);
        return command;
    }

    private static String natives() throws IOException {
        try (Stream<Path> jars = Files.list(HOME.resolve("jobs/target/natives"))) {
            return String.join(",", jars.map(Path::toString).sorted().toList());
        }
    }

    /** Waits for a line of the log. */
    void waitFor(String line) throws IOException {
        for (String next = log.readLine(); next != null; next = log.readLine()) {
            seen.add(next);
            if (Pattern.compile(line).matcher(next).find()) {
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

    /** Sends a signal: STOP freezes the process, CONT lets it go on. */
    void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /** Lets it end and returns the object of its last line. */
    JsonNode result() throws IOException, InterruptedException {
        try (this) {
            assertThat(exitCode()).as(() -> String.join("\n", seen)).isZero();
            List<String> lines = Files.readAllLines(out);
            return new ObjectMapper().readTree(lines.get(lines.size() - 1));
        }
    }

    /** Lets it fail and returns the last line of standard error. */
    String failure() throws IOException, InterruptedException {
        try (this) {
            assertThat(exitCode()).as(() -> String.join("\n", seen)).isNotZero();
            return seen.get(seen.size() - 1);
        }
    }

    private int exitCode() throws IOException, InterruptedException {
        try {
            log.lines().forEach(seen::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        assertThat(process.waitFor(1, TimeUnit.MINUTES))
                .as("standard error is closed, so it ends")
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
