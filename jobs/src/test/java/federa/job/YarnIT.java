package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SharedSpark;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.pipeline.Workspace;
import federa.federated.ClientUpdate;
import federa.store.Round.Summary;
import federa.store.Warehouse;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs on YARN, with a warehouse on HDFS. {@code jobs/src/test/cluster/yarn.sh} starts both and runs this.
 */
@Tag("cluster")
@EnabledIfSystemProperty(named = "yarn.spark", matches = ".+")
class YarnIT {

    private static final String[] SETTINGS = {"federation.rounds=2", "federation.clients-per-round=4"};

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"client", "cluster"})
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void adaptersOfTwoExecutorsAreThoseOfALocalRun(String mode) throws Exception {
        String warehouse = "/federa/" + mode; // without a scheme it means HDFS
        List<String> options = List.of("--deploy-mode", mode);
        List<String> job = Stream.concat(
                        Stream.of("run", "--conf", experiment(mode).toString(), "--warehouse", warehouse),
                        Stream.of(SETTINGS).flatMap(setting -> Stream.of("--set", setting)))
                .toList();
        Path spark = Path.of(System.getProperty("yarn.spark"));
        try (Submission driver = Submission.onYarn(directory, spark, options, job)) {
            assertThat(driver.exitCode())
                    .as(() -> String.join("\n", driver.log()))
                    .isZero();
        }

        Results yarn = Results.of(new Workspace(SharedSpark.session(), open(hdfs() + warehouse)), "tiny");
        Results local = Tiny.train(Tiny.prepared(directory.resolve("local")), "tiny", SETTINGS);
        print(mode, yarn, local);

        assertThat(yarn.updates().values())
                .flatExtracting(updates -> updates)
                .hasSize(8)
                .allMatch(ClientUpdate::ok);
        assertThat(yarn.updates().values())
                .flatExtracting(
                        updates -> updates.stream().map(ClientUpdate::executor).toList())
                .containsOnly("1", "2");
        assertThat(yarn.rounds())
                .extracting(Summary::adaptersSha256)
                .isEqualTo(local.rounds().stream().map(Summary::adaptersSha256).toList());
    }

    /** The experiment's address: where the driver runs, in client mode; on HDFS, with its model, if that may be anywhere. */
    private URI experiment(String mode) throws Exception {
        boolean here = mode.equals("client");
        String model = here ? Tiny.model().toUri().toString() : "/federa/model";
        Path file =
                Files.writeString(directory.resolve("tiny.yaml"), Tiny.yaml().replace("${MODEL}", model));
        if (here) {
            return file.toUri();
        }
        FileSystem fs = FileSystem.get(hdfs(), new Configuration());
        fs.copyFromLocalFile(
                new org.apache.hadoop.fs.Path(Tiny.model().toUri()), new org.apache.hadoop.fs.Path("/federa/model"));
        fs.copyFromLocalFile(
                new org.apache.hadoop.fs.Path(file.toUri()), new org.apache.hadoop.fs.Path("/federa/tiny.yaml"));
        return URI.create("/federa/tiny.yaml");
    }

    private static URI hdfs() {
        Configuration hadoop = new Configuration();
        hadoop.addResource(new org.apache.hadoop.fs.Path(System.getenv("HADOOP_CONF_DIR"), "core-site.xml"));
        return FileSystem.getDefaultUri(hadoop);
    }

    private static Warehouse open(String directory) {
        return Warehouse.open("directory", directory, new Configuration());
    }

    private static void print(String mode, Results yarn, Results local) {
        System.out.printf("deploy mode %s%nround  client  executor  examples  seconds  mean loss%n", mode);
        yarn.updates()
                .forEach((round, updates) -> updates.forEach(u -> System.out.printf(
                        "%5d  %6d  %8s  %8d  %7.1f  %9.6f%n",
                        round, u.client(), u.executor(), u.numExamples(), u.seconds(), u.lossMean())));
        for (int round = 0; round < yarn.rounds().size(); round++) {
            System.out.printf(
                    "round %d: adapters %s, locally %s%n",
                    round,
                    yarn.rounds().get(round).adaptersSha256().substring(0, 16),
                    local.rounds().get(round).adaptersSha256().substring(0, 16));
        }
    }
}
