package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SparkCluster;
import federa.fixture.SparkCluster.Machine;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.federated.ClientUpdate;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients whose files fail, on a standalone cluster of processes. Needs {@code ./mvnw package}. */
@Tag("cluster")
class FaultyClientsIT {

    /** Trained while all is well. */
    private static final int ROUNDS = 3;

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void clientsWhoseFilesAreGoneCutOrNeverReadAreLeftOutAndAQuorumDecides() throws Exception {
        Workspace workspace = Tiny.prepared(directory.resolve("warehouse"));
        String partition = Tiny.train(
                        workspace, "tiny", "federation.rounds=" + ROUNDS, "federation.clients-per-round=5")
                .attempt()
                .partitionId();
        Path clients = directory.resolve("warehouse/clients/" + partition);
        FileUtil.fullyDelete(clients.resolve("client_id=0").toFile());
        truncate(parquet(clients, 1));
        hang(parquet(clients, 2));

        try (SparkCluster cluster = new SparkCluster(directory.resolve("cluster"))) {
            cluster.addWorker(Machine.ofCores(4));
            try (Submission run = submit(cluster, "federation.deadline=10", "federation.min-clients=3")) {
                assertThat(run.exitCode()).isEqualTo(1);
                assertThat(run.log())
                        .last()
                        .asString()
                        .matches(
                                "federa: round 4: [0-2] of 5 clients trained, federation.min-clients is 3; client 0 failed with: .*");
            }
            try (Submission run = submit(cluster, "federation.deadline=40", "federation.min-clients=2")) {
                run.result();
            }
        }

        Results faulty = Results.of(workspace, "tiny");
        Map<Integer, ClientUpdate> updates = faulty.updates().get(ROUNDS + 1).stream()
                .collect(Collectors.toMap(ClientUpdate::client, Function.identity()));
        assertThat(updates.get(0).error()).startsWith("client 0 has no files in ");
        assertThat(updates.get(0).starts()).isEqualTo(2);
        assertThat(updates.get(1).error()).startsWith("cannot read the client file ");
        assertThat(updates.get(1).starts()).isEqualTo(2);
        assertThat(updates.get(2).error()).isEqualTo("no update when the round's time was over (federation.deadline)");
        assertThat(updates.get(2).starts()).isOne();
        assertThat(faulty.last().failedClients()).isEqualTo(3);
        PlainLoop.requireRoundOf(List.of(3, 4), workspace, faulty, ROUNDS + 1);
    }

    /** One round more, on two executors. */
    private Submission submit(SparkCluster cluster, String... settings) throws IOException {
        List<String> job = Submission.tinyRun(directory, "warehouse", "--set", "federation.rounds=" + (ROUNDS + 1));
        Stream.concat(Stream.of("federation.clients-per-round=5"), Stream.of(settings))
                .forEach(setting -> job.addAll(List.of("--set", setting)));
        return cluster.submit(Map.of("spark.executor.cores", "2"), job);
    }

    private static Path parquet(Path clients, int client) throws IOException {
        try (Stream<Path> files = Files.list(clients.resolve("client_id=" + client))) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void truncate(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
    }

    /** Puts a pipe in the place of a file: whoever opens it to read waits for a writer, as on a network disk that is gone. */
    private static void hang(Path file) throws IOException, InterruptedException {
        Files.delete(file);
        Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
    }
}
