package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import federa.federated.ClientUpdate;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.fixture.UsersJar;
import federa.pipeline.Partitions;
import federa.pipeline.Results;
import federa.pipeline.Workspace;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A jar of a user's, given to spark-submit, adds a method, a division and a data set. Needs {@code ./mvnw package}. */
@Tag("cluster")
class UsersJarIT {

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void anExperimentFileUsesWhatTheJarAdds() throws Exception {
        Path jar = UsersJar.in(directory);
        JsonNode result;
        try (Submission run = Submission.tinyWithJar(
                directory,
                "warehouse",
                jar,
                "--set",
                "method={kind: layer-norms, embeddings: true}",
                "--set",
                "partition={kind: one-large, clients: 3, size: half}",
                "--set",
                "data.source={format: weather, train: 40, test: 8}",
                "--set",
                "data.name=weather",
                "--set",
                "federation.rounds=1")) {
            result = run.result();
        }

        assertThat(result.get("rounds").asInt()).isEqualTo(1);
        Workspace workspace = Tiny.empty(directory.resolve("warehouse"));
        Results run = Results.of(workspace, "tiny");
        assertThat(run.attempt().method()).isEqualTo("layer-norms");
        assertThat(run.attempt().labels()).containsExactly("rain", "sun");
        assertThat(run.updates().get(1)).hasSize(3).allMatch(ClientUpdate::ok);
        assertThat(new Partitions(workspace).clients(run.attempt().partitionId()))
                .extracting(Partitions.Client::numExamples)
                .containsExactly(20L, 10L, 10L);
    }
}
