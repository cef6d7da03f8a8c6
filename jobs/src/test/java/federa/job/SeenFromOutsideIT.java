package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import federa.fixture.Submission;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Spark's page of a driver that is training. Needs {@code ./mvnw package}. */
@Tag("cluster")
class SeenFromOutsideIT {

    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL) // Spark's page adds a slash
            .build();

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void sparksPageTellsTheRoundsAsAStoryAndPrometheusReadsTheLastOne() throws Exception {
        int port = freePort();
        Map<String, String> page = Map.of("spark.ui.enabled", "true", "spark.ui.port", Integer.toString(port));
        List<String> job = Submission.tinyRun(directory, "warehouse", "--set", "federation.rounds=50");
        try (Submission driver = new Submission(directory, Submission.LOCAL, page, job)) {
            driver.waitFor("round=2/");
            String metrics = get("http://localhost:%d/metrics/prometheus".formatted(port));
            assertThat(value(metrics, "round")).isBetween(2.0, 50.0);
            assertThat(value(metrics, "rounds")).isEqualTo(50);
            assertThat(value(metrics, "clients")).isEqualTo(3);
            assertThat(value(metrics, "train_loss")).isPositive();
            assertThat(value(metrics, "bytes_up")).isPositive();
            assertThat(value(metrics, "test_accuracy")).isBetween(0.0, 1.0);
            assertThat(value(metrics, "seconds"))
                    .isGreaterThan(value(metrics, "seconds_train") + value(metrics, "seconds_evaluate"));
            assertThat(value(metrics, "seconds_write")).isPositive();

            String applications = get("http://localhost:%d/api/v1/applications".formatted(port));
            String id =
                    new ObjectMapper().readTree(applications).get(0).get("id").asText();
            JsonNode jobs = new ObjectMapper()
                    .readTree(get("http://localhost:%d/api/v1/applications/%s/jobs".formatted(port, id)));
            assertThat(jobs)
                    .filteredOn(j -> j.path("description").asText().matches("round \\d+: .*"))
                    .allSatisfy(j -> assertThat(j.get("jobGroup").asText()).isEqualTo("run tiny"))
                    .extracting(j -> j.get("description").asText())
                    .contains("round 0: evaluate on test", "round 1: train 3 clients");
        }
    }

    private String get(String address) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(address).isEqualTo(200);
        return response.body();
    }

    private static double value(String metrics, String name) {
        String prefix = "metrics_federa_driver_training_" + name + "_Value{";
        return metrics.lines()
                .filter(line -> line.startsWith(prefix))
                .map(line ->
                        Double.parseDouble(line.substring(line.indexOf('}') + 1).strip()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no %s in %n%s".formatted(prefix, metrics)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
