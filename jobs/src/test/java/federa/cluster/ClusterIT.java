package federa.cluster;

import federa.fixture.SparkCluster;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
class ClusterIT {

    @TempDir
    static Path directory;

    @Test
    void aRun() throws Exception {
        Path conf = Files.writeString(
                directory.resolve("tiny.yaml"),
                Tiny.yaml().replace("${MODEL}", Tiny.model().toString()));
        try (SparkCluster cluster = new SparkCluster(directory.resolve("cluster"))) {
            cluster.addWorker(2, Map.of());
            cluster.addWorker(2, Map.of());
            try (Submission s = new Submission(
                    directory,
                    cluster.url(),
                    Map.of(
                            "spark.driver.host",
                            "127.0.0.1",
                            "spark.driver.bindAddress",
                            "127.0.0.1",
                            "spark.ui.enabled",
                            "false",
                            "spark.executor.cores",
                            "2",
                            "spark.executor.memory",
                            "768m"),
                    List.of(
                            "run",
                            "--conf",
                            conf.toString(),
                            "--warehouse",
                            directory.resolve("w").toString()))) {
                s.waitFor("round=1/");
                System.err.println(cluster.executors());
                System.err.println(s.result());
                s.log().forEach(System.err::println);
            }
            System.err.println(
                    cluster.workers().get(0).executorLogs().lines().limit(60).toList());
        }
    }
}
