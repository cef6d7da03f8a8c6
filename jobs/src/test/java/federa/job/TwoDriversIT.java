package federa.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import federa.fixture.Submission;
import federa.fixture.Tiny;
import federa.pipeline.Results;
import federa.pipeline.RunStatus;
import federa.pipeline.Workspace;
import federa.store.Round;
import federa.store.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that live at the same time, as processes, in one warehouse. Needs {@code ./mvnw package}. */
@Tag("cluster")
class TwoDriversIT {

    private static final String[] SETTINGS = {"federation.rounds=5", "evaluation.every=5"};

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void ofTwoDriversOfARunTheOlderStopsBeforeItCommitsAndTheNewerEndsWithTheSameBits() throws Exception {
        Results whole = Tiny.train(Tiny.prepared(directory.resolve("whole")), "tiny", SETTINGS);
        try (Submission older = driver()) {
            older.waitFor("round=1/");
            older.signal("STOP"); // a driver that was thought dead
            try (Submission newer = driver()) {
                newer.waitFor("run tiny goes on after round");
                older.signal("CONT");

                assertThat(older.failure()).matches("federa: run tiny was taken over by attempt 2, begun at .*");
                JsonNode result = newer.result();
                assertThat(result.get("adapters_sha256").asText())
                        .isEqualTo(whole.last().adaptersSha256());
                assertThat(result.get("value").asDouble()).isEqualTo(whole.value());
            }
        }
        Workspace workspace = Tiny.empty(directory.resolve("warehouse"));
        List<Round.Summary> rounds = Results.of(workspace, "tiny").rounds();
        assertThat(rounds).extracting(Round.Summary::number).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(rounds).extracting(Round.Summary::attempt).isSorted().contains(1, 2);
        assertThat(workspace.tables().read(Table.FAILURES).orElseThrow().collectAsList())
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.<Integer>getAs("attempt")).isEqualTo(1);
                    assertThat(row.<String>getAs("error")).startsWith("run tiny was taken over by attempt 2");
                });
        assertThat(RunStatus.all(workspace)).singleElement().satisfies(run -> {
            assertThat(run.state()).isEqualTo(RunStatus.State.FINISHED);
            assertThat(run.attempts()).isEqualTo(2);
        });
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void twoRunsThatStartAtOnceInANewWarehouseBothEnd() throws Exception {
        try (Submission one = Submission.tiny(directory, "new", "--run-id", "one", "--set", "federation.rounds=1");
                Submission two = Submission.tiny(directory, "new", "--run-id", "two", "--set", "federation.rounds=1")) {
            assertThat(one.result().get("adapters_sha256"))
                    .isEqualTo(two.result().get("adapters_sha256"));
        }
        Workspace workspace = Tiny.empty(directory.resolve("new"));
        assertThat(RunStatus.all(workspace))
                .hasSize(2)
                .allMatch(run -> run.state() == RunStatus.State.FINISHED && run.attempts() == 1);
        assertThat(workspace
                        .tables()
                        .read(Table.CLIENT_ASSIGNMENT)
                        .orElseThrow()
                        .count())
                .isEqualTo(200);
    }

    private Submission driver() throws IOException {
        return Submission.tiny(directory, "warehouse", "--set", SETTINGS[0], "--set", SETTINGS[1]);
    }
}
