package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import federa.fixture.SparkCluster;
import federa.fixture.SparkCluster.Machine;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.pipeline.Workspace;
import federa.federated.ClientUpdate;
import federa.store.RunStore;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * One jar, one round, a worker of each architecture. {@code jobs/src/test/cluster/mixed-architectures.sh} gets an
 * emulated JDK for the second and runs this.
 */
@Tag("cluster")
@EnabledIfSystemProperty(named = "aarch64.java", matches = ".+")
class MixedArchitecturesIT {

    /** How far apart the architectures may be: float32 kernels that add up in other orders. */
    private static final double FP32 = 1e-4;

    private static final String[] SETTINGS = {"federation.rounds=1", "federation.clients-per-round=4"};

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void clientsOfOneRoundTrainOnBothArchitecturesAndNearlyAsOnOne() throws Exception {
        Path emulated = Path.of(System.getProperty("aarch64.java"));
        try (SparkCluster cluster = new SparkCluster(directory.resolve("cluster"))) {
            cluster.addWorker(Machine.ofCores(1));
            cluster.addWorker(Machine.ofCores(1)
                    .at("127.0.0.2")
                    .withJava(emulated)
                    .withEnvironment(Map.of(
                            "DJL_CACHE_DIR", emulated.resolveSibling("djl").toString())));
            try (Submission driver = cluster.submit(
                    Map.of(
                            "spark.executor.cores", "1",
                            "spark.cores.max", "2",
                            "spark.scheduler.minRegisteredResourcesRatio", "1.0",
                            "spark.scheduler.maxRegisteredResourcesWaitingTime", "600s",
                            "spark.network.timeout", "600s",
                            "spark.executor.heartbeatInterval", "60s"),
                    Submission.tinyRun(directory, "mixed", "--set", SETTINGS[0], "--set", SETTINGS[1]))) {
                driver.result();
            }
        }
        Workspace mixed = Tiny.empty(directory.resolve("mixed"));
        Workspace single = Tiny.prepared(directory.resolve("single"));
        List<ClientUpdate> updates = Results.of(mixed, "tiny").updates().get(1);
        Map<Integer, ClientUpdate> expected = Tiny.train(single, "tiny", SETTINGS).updates().get(1).stream()
                .collect(Collectors.toMap(ClientUpdate::client, Function.identity()));

        System.out.println("client  arch     device  examples  seconds  mean loss  on x86-64 alone");
        updates.forEach(u -> System.out.printf(
                "%6d  %-7s  %-6s  %8d  %7.1f  %9.6f  %15.6f%n",
                u.client(),
                u.arch(),
                u.device(),
                u.numExamples(),
                u.seconds(),
                u.lossMean(),
                expected.get(u.client()).lossMean()));
        assertThat(updates).hasSize(4).allMatch(ClientUpdate::ok);
        assertThat(updates).extracting(ClientUpdate::arch).contains("aarch64", "amd64");
        Map<Integer, Double> apart = new TreeMap<>();
        for (int round : List.of(0, 1)) {
            apart.put(round, largestDifference(global(mixed, round), global(single, round)));
            System.out.printf("round %d: adapters differ by at most %.2g%n", round, apart.get(round));
        }
        assertThat(apart)
                .allSatisfy((round, difference) -> assertThat(difference).isLessThan(FP32));
    }

    private static TensorMap global(Workspace workspace, int round) {
        RunStore store = new RunStore(workspace.tables(), "tiny");
        return store.global(store.rounds().get(round));
    }

    private static double largestDifference(TensorMap actual, TensorMap expected) {
        double largest = 0;
        for (Map.Entry<String, Tensor> tensor : expected.asMap().entrySet()) {
            float[] a = actual.asMap().get(tensor.getKey()).values();
            float[] b = tensor.getValue().values();
            for (int i = 0; i < b.length; i++) {
                largest = Math.max(largest, Math.abs(a[i] - b[i]));
            }
        }
        return largest;
    }
}
