package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.federated.ClientUpdate;
import federa.fixture.Notes;
import federa.fixture.Tiny;
import federa.store.Round;
import federa.store.RunStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A warehouse of format 1, as version 0.1.0 at commit 004a826 wrote it: {@code warehouse-format-1.zip}. It has the run
 * "earlier" of two rounds and its model; the zip is never made anew.
 */
class EarlierWarehouseTest {

    private static final String RUN = "earlier";

    @TempDir
    Path directory;

    private Workspace workspace;

    @BeforeEach
    void unpack() throws IOException {
        Path warehouse = directory.resolve("warehouse");
        try (InputStream file = EarlierWarehouseTest.class.getResourceAsStream("warehouse-format-1.zip");
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = warehouse.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                Files.copy(zip, target);
            }
        }
        workspace = Tiny.empty(warehouse);
    }

    @Test
    void itsRunIsReadReportedAndPredictsAsItDid() {
        Results run = Results.of(workspace, RUN);

        assertThat(run.rounds()).extracting(Round.Summary::number).containsExactly(0, 1, 2);
        assertThat(run.last().adaptersSha256())
                .isEqualTo("18610f01cd9b4da637601490084ca2f25a3fc271f33d01164be389ab699290c2");
        assertThat(run.metric("accuracy", 2)).hasValue(0.125);
        assertThat(new Scoring(workspace, RUN).evaluate(run.last(), "test"))
                .filteredOn(evaluation -> evaluation.metric().equals("accuracy"))
                .extracting(Round.Evaluation::value)
                .containsExactly(0.125);
        List<Row> scored = new Scoring(workspace, RUN)
                .score(run.last(), Notes.rows().select("text"), Map.of())
                .collectAsList();
        assertThat(scored)
                .hasSize(24)
                .allMatch(row -> run.attempt().labels().contains(row.<String>getAs("prediction")));
    }

    @Test
    void itsDataSetAndItsDivisionAreFoundByTheIdentitiesThatTheyHadThen() {
        Experiment experiment = experiment(2);
        Datasets.Stored data = new Datasets(workspace).prepare(experiment.data());

        Partitions.Stored division = new Partitions(workspace).divide(experiment, data);

        assertThat(division.id()).isEqualTo("topics-class-dirichlet-a1c8699e");
        assertThat(division.withExamples()).containsExactly(0, 1, 2);
    }

    /**
     * Not to the bits of a run that was never stopped: its model's {@code config.json} has no {@code layer_norm_eps}, for which
     * this version takes another value than that one did (decision 051). With the same value they are the same bits.
     */
    @Test
    void itsRunGoesOnFromWhatItStoredAndANewOneStartsAsItDid() {
        Results resumed = train(RUN, 3);

        assertThat(resumed.rounds()).extracting(Round.Summary::number).containsExactly(0, 1, 2, 3);
        PlainLoop.requireRoundOf(
                resumed.updates().get(3).stream().map(ClientUpdate::client).toList(), workspace, resumed, 3);
        assertThat(train("again", 1).rounds().get(0).adaptersSha256())
                .isEqualTo(resumed.rounds().get(0).adaptersSha256());
        Path report = directory.resolve("warehouse/reports/earlier.html");
        new Reports(workspace).write(RUN, List.of(resumed));
        assertThat(report).content().contains("earlier");
    }

    private Results train(String run, int rounds) {
        new Training(workspace).train(experiment(rounds), run);
        return Results.of(workspace, run);
    }

    /** The stored experiment, with another number of rounds. */
    private Experiment experiment(int rounds) {
        String stored = new RunStore(workspace.tables(), RUN)
                .lastAttempt()
                .orElseThrow()
                .config();
        Experiment experiment = ExperimentFile.ofYaml(stored);
        return ExperimentFile.parse("stored", ExperimentFile.whole(experiment), name -> null)
                .with(Map.of("federation.rounds", rounds))
                .bind();
    }
}
