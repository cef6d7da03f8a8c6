package federa.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A standalone Spark on loopback: master and workers as processes, from the jars that the build resolved. */
final class Standalone implements AutoCloseable {

    /** Root of the repository; tests run in the module's directory. */
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private static final Path JAVA = Path.of(System.getProperty("java.home"));
    private static final Path SPARK = HOME.resolve("jobs/spark/target");
    /** Of every process; they live for seconds, so compiling well costs more than it brings. */
    private static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dai.djl.offline=true",
            "-DOPT_OUT_TRACKING=true",
            "-Dai.djl.pytorch.num_interop_threads=1");

    private static final long PATIENCE_MILLIS = 300_000;

    private final Path directory;
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final String url;

    Standalone(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        start("master", JAVA, Map.of(), "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0");
        url = waitFor("master", "Starting Spark master at (spark://\\S+)");
    }

    /** How drivers and workers reach the master. */
    String url() {
        return url;
    }

    /**
     * Starts a worker of one core and waits until the master knows it.
     *
     * @param host an address of the loopback network, of this worker alone
     * @param java the JDK that it and its executors run on
     * @param environment further variables of it and its executors
     */
    Process worker(String name, String host, Path java, Map<String, String> environment)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("SPARK_LOCAL_DIRS", made(name, "local").toString());
        Process worker = start(
                name,
                java,
                all,
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                host,
                "--cores",
                "1",
                "--memory",
                "1g",
                "--work-dir",
                made(name, "work").toString(),
                url);
        waitFor(name, "Successfully registered with master (\\S+)");
        return worker;
    }

    /** Starts the JDK of this test as a worker's. */
    Process worker(String name, String host, Map<String, String> environment) throws IOException, InterruptedException {
        return worker(name, host, JAVA, environment);
    }

    /**
     * Submits a job of the packaged jar in client mode, with all natives; needs {@code ./mvnw package}.
     *
     * @param confs settings of Spark, each {@code key=value}
     * @param job name and options
     */
    Process submit(String name, List<String> confs, String... job) throws IOException {
        List<String> args = new ArrayList<>(List.of("org.apache.spark.deploy.SparkSubmit", "--master", url));
        List<String> settings = new ArrayList<>(List.of(
                "spark.driver.host=127.0.0.1",
                "spark.driver.bindAddress=127.0.0.1",
                "spark.executor.memory=600m",
                "spark.executor.cores=1",
                "spark.scheduler.minRegisteredResourcesRatio=1.0",
                "spark.scheduler.maxRegisteredResourcesWaitingTime=600s",
                "spark.sql.shuffle.partitions=2",
                "spark.databricks.delta.snapshotPartitions=1",
                "spark.local.dir=" + made(name, "local"),
                "spark.executor.extraJavaOptions=" + String.join(" ", OPTIONS)));
        settings.addAll(confs);
        settings.forEach(setting -> args.addAll(List.of("--conf", setting)));
        args.addAll(List.of("--jars", natives(), "--class", "federa.job.Federa"));
        args.add(HOME.resolve("jobs/target/federa.jar").toString());
        args.addAll(List.of(job));
        return start(name, JAVA, Map.of(), args.toArray(String[]::new));
    }

    /** What a process has written. */
    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    /** Waits until a process has written a line that the pattern finds, and returns its first group. */
    String waitFor(String name, String line) throws IOException, InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        for (boolean ended = false; !ended && System.currentTimeMillis() < end; ) {
            ended = !processes.get(name).isAlive();
            Matcher matcher = Pattern.compile(line).matcher(Files.readString(log(name)));
            if (matcher.find()) {
                return matcher.group(1);
            }
            Thread.sleep(100);
        }
        throw new AssertionError("%s did not write '%s':%n%s".formatted(name, line, Files.readString(log(name))));
    }

    private Process start(String name, Path java, Map<String, String> environment, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(java.resolve("bin/java").toString()));
        command.addAll(List.of(System.getProperty("spark.opens").split(" ")));
        command.addAll(OPTIONS);
        command.addAll(List.of("-Xmx600m", "-cp", SPARK.resolve("jars") + "/*"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile());
        builder.environment()
                .putAll(Map.of(
                        "SPARK_HOME",
                        SPARK.toString(),
                        "SPARK_SCALA_VERSION",
                        "2.12",
                        "JAVA_HOME",
                        java.toString(),
                        "OMP_WAIT_POLICY",
                        "passive"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.put(name, process);
        return process;
    }

    private Path made(String name, String part) throws IOException {
        return Files.createDirectories(directory.resolve(name).resolve(part));
    }

    private static String natives() throws IOException {
        try (Stream<Path> jars = Files.list(HOME.resolve("jobs/target/natives"))) {
            return String.join(",", jars.map(Path::toString).sorted().toList());
        }
    }

    /** Ends all processes, the workers' executors too. */
    @Override
    public void close() {
        processes.values().forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        processes.values().forEach(Process::destroyForcibly);
    }
}
