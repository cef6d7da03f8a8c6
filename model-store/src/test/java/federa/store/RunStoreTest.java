package federa.store;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.federated.ClientUpdate;
import federa.federated.ServerState;
import federa.store.Round.ClientEvaluation;
import federa.store.Round.Evaluation;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import io.delta.tables.DeltaTable;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {

    private static final String RUN = "run-1";
    private static final List<Table> OF_RUNS = List.of(
            Table.RUNS,
            Table.ROUNDS,
            Table.CLIENT_UPDATES,
            Table.ADAPTERS,
            Table.EVALUATIONS,
            Table.CLIENT_EVALUATIONS);

    @TempDir
    Path directory;

    private Warehouse warehouse;
    private Tables tables;
    private RunStore store;

    @BeforeEach
    void open() {
        warehouse = Warehouse.open(
                "directory",
                directory.toString(),
                SharedSpark.SESSION.sparkContext().hadoopConfiguration());
        tables = new Tables(SharedSpark.SESSION, warehouse);
        store = new RunStore(tables, RUN);
    }

    @Test
    void aCommittedRoundReadsBackBitForBit() {
        RunLease lease = store.begin(attempt("first"));
        Round round = round(1, 0.25f);

        store.commit(round, lease);

        Round.Summary summary = store.rounds().get(0);
        assertThat(summary.number()).isEqualTo(1);
        assertThat(summary.attempt()).isEqualTo(lease.attempt());
        assertThat(summary.clients()).isEqualTo(2);
        assertThat(summary.failedClients()).isEqualTo(1);
        assertThat(summary.numExamples()).isEqualTo(10);
        assertThat(summary.trainLoss()).isEqualTo(2.25);
        assertThat(summary.bytesUp()).isEqualTo(44);
        assertThat(summary.bytesDown()).isEqualTo(88);
        assertThat(summary.phaseSeconds())
                .containsOnlyKeys("train", "evaluate", "write")
                .containsEntry("train", 2.0)
                .containsEntry("evaluate", 1.0);
        assertThat(summary.seconds()).isEqualTo(3.5);
        assertThat(summary.adaptersSha256()).isEqualTo(round.state().trainable().sha256());
        assertThat(summary.stateSha256()).isEqualTo(round.state().sha256());
        ServerState stored = store.state(summary);
        assertSameBits(stored.trainable(), round.state().trainable());
        assertSameBits(stored.baseDelta(), round.state().baseDelta());
        assertSameBits(stored.memory(), round.state().memory());
        assertThat(store.updates(List.of(summary))).isEqualTo(Map.of(1, round.updates()));
        assertThat(store.evaluations(List.of(summary)).get(1)).containsExactlyInAnyOrderElementsOf(round.evaluations());
        assertThat(store.clientEvaluations(List.of(summary), "accuracy"))
                .containsOnlyKeys(1)
                .hasEntrySatisfying(1, clients -> assertThat(clients)
                        .containsExactlyInAnyOrder(
                                round.clientEvaluations().get(0),
                                round.clientEvaluations().get(2)));
    }

    @Test
    void aStoreWithoutTablesHasNoRoundsAndNoAttempt() {
        assertThat(store.rounds()).isEmpty();
        assertThat(store.lastAttempt()).isEmpty();
        assertThat(store.updates(List.of())).isEmpty();
        assertThat(store.evaluations(List.of())).isEmpty();
        assertThat(store.clientEvaluations(List.of(), "accuracy")).isEmpty();
    }

    @Test
    void attemptsCountUpAndTheLastOneIsRead() {
        assertThat(store.begin(attempt("first")).attempt()).isEqualTo(1);
        assertThat(store.begin(attempt("second")).attempt()).isEqualTo(2);
        assertThat(new RunStore(tables, "another run").begin(attempt("other")).attempt())
                .isEqualTo(1);

        assertThat(store.begin(attempt("third")).attempt()).isEqualTo(3);
        assertThat(store.lastAttempt()).contains(attempt("third"));
    }

    @Test
    void rowsOfAnAttemptThatDiedBeforeTheCommitAreNotSeen() {
        int died = store.begin(attempt("dies")).attempt();
        Round lost = round(1, -1);
        writeWithoutCommit(lost, died);
        assertThat(store.rounds()).isEmpty();

        RunLease next = store.begin(attempt("goes on"));
        Round round = round(1, 0.5f);
        store.commit(round, next);

        List<Round.Summary> rounds = store.rounds();
        assertThat(rounds).hasSize(1);
        assertThat(count(Table.ADAPTERS)).isEqualTo(2L * tensors(round));
        assertSameBits(store.global(rounds.get(0)), round.state().trainable());
        assertThat(store.updates(rounds).get(1)).isEqualTo(round.updates());
        assertThat(store.evaluations(rounds).get(1)).containsExactlyInAnyOrderElementsOf(round.evaluations());
        assertThat(store.clientEvaluations(rounds, "loss").get(1))
                .containsExactly(round.clientEvaluations().get(1));
    }

    @Test
    void aCommitThatFailedBetweenTwoTablesCanBeRepeated() {
        RunLease lease = store.begin(attempt("one"));
        Round round = round(1, 0.5f);
        writeWithoutCommit(round, lease.attempt());

        store.commit(round, lease);

        List<Round.Summary> rounds = store.rounds();
        assertThat(count(Table.ADAPTERS)).isEqualTo(tensors(round));
        assertSameBits(store.global(rounds.get(0)), round.state().trainable());
        assertThat(store.updates(rounds).get(1)).isEqualTo(round.updates());
        assertThat(store.evaluations(rounds).get(1)).containsExactlyInAnyOrderElementsOf(round.evaluations());
        assertThat(store.clientEvaluations(rounds, "loss").get(1))
                .containsExactly(round.clientEvaluations().get(1));
    }

    @Test
    void committingTheSameRoundOfAnAttemptTwiceAddsNothing() {
        RunLease lease = store.begin(attempt("one"));
        store.commit(round(1, 0.5f), lease);
        Map<Table, Long> before = counts();

        store.commit(round(1, 0.5f), lease);

        assertThat(counts()).isEqualTo(before);
    }

    @Test
    void anOlderAttemptCannotCommitOnceANewerHasBegun() {
        RunLease older = store.begin(attempt("one"));
        store.commit(round(0, 0.5f), older);
        RunLease newer = new RunStore(tables, RUN).begin(attempt("one"));

        assertThatThrownBy(() -> store.commit(round(1, 0.25f), older))
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("run run-1 was taken over by attempt 2, begun at ");
        assertThat(store.rounds()).extracting(Round.Summary::number).containsExactly(0);

        store.commit(round(1, 0.75f), newer);
        assertThatThrownBy(() -> store.commit(round(2, 0.25f), older)).isInstanceOf(StoreException.class);
        assertThat(store.rounds()).extracting(Round.Summary::attempt).containsExactly(1, 2);
        assertSameBits(
                store.global(store.rounds().get(1)), round(1, 0.75f).state().trainable());
    }

    @Test
    void runsThatBeginAtOnceInANewWarehouseAllBeginAndOneOfEachHoldsTheLease() throws Exception {
        int drivers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(2 * drivers);
        CyclicBarrier together = new CyclicBarrier(2 * drivers);
        List<Future<Boolean>> committed = new ArrayList<>();
        for (int i = 0; i < 2 * drivers; i++) {
            RunStore mine = new RunStore(tables, "run-" + i % 2);
            committed.add(threads.submit(() -> {
                together.await();
                RunLease lease = mine.begin(attempt("same"));
                together.await();
                try {
                    mine.commit(round(0, 0.5f), lease);
                    return lease.attempt() == drivers;
                } catch (StoreException superseded) {
                    return lease.attempt() < drivers;
                }
            }));
        }
        for (Future<Boolean> driver : committed) {
            assertThat(driver.get())
                    .as("the newest attempt committed, the others did not")
                    .isTrue();
        }
        threads.shutdown();
        assertThat(count(Table.RUNS)).isEqualTo(2 * drivers);
        assertThat(tables.read(Table.RUNS)
                        .orElseThrow()
                        .select("run_id", "attempt")
                        .distinct()
                        .count())
                .isEqualTo(2 * drivers);
        for (String run : List.of("run-0", "run-1")) {
            assertThat(new RunStore(tables, run).rounds())
                    .extracting(Round.Summary::attempt)
                    .containsExactly(drivers);
        }
    }

    @Test
    void runsInOneWarehouseDoNotSeeEachOther() {
        RunStore other = new RunStore(tables, "run-2");
        store.commit(round(1, 0.5f), store.begin(attempt("a")));
        other.commit(round(1, 0.75f), other.begin(attempt("b")));

        assertSameBits(
                store.global(store.rounds().get(0)), round(1, 0.5f).state().trainable());
        assertSameBits(
                other.global(other.rounds().get(0)), round(1, 0.75f).state().trainable());
        assertThat(other.lastAttempt()).contains(attempt("b"));
    }

    @Test
    void adaptersChangedFromOutsideAreRefused() {
        store.commit(round(1, 0.5f), store.begin(attempt("one")));
        Round.Summary round = store.rounds().get(0);
        List<Row> changed = tables.read(Table.ADAPTERS).orElseThrow().collectAsList().stream()
                .map(RunStoreTest::withOneBitFlipped)
                .toList();
        FileUtil.fullyDelete(new File(URI.create(warehouse.table(Table.ADAPTERS))));
        tables.append(Table.ADAPTERS, changed, "somebody else", 1);

        assertThatThrownBy(() -> store.global(round))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("run run-1, round 1")
                .hasMessageContaining("adapters was changed from outside");
    }

    @Test
    void aTableFromBeforeAColumnWasAddedTakesRowsThatHaveIt() {
        SharedSpark.SESSION
                .sql("SELECT 'old' AS partition_id, 'a' AS example_id, 3 AS client_id, 'x' AS label")
                .write()
                .format("delta")
                .partitionBy("partition_id")
                .option("delta.appendOnly", "true")
                .save(warehouse.table(Table.CLIENT_ASSIGNMENT));

        tables.append(Table.CLIENT_ASSIGNMENT, List.of(RowFactory.create("new", "a", 4, "x", "cluster-00")), "new", 1);

        assertThat(tables.read(Table.CLIENT_ASSIGNMENT)
                        .orElseThrow()
                        .orderBy("client_id")
                        .select("partition_id", "group")
                        .collectAsList())
                .containsExactly(RowFactory.create("old", null), RowFactory.create("new", "cluster-00"));
    }

    @Test
    void clientsOfATableFromBeforeColumnsWereAddedAreRead() {
        Round round = round(1, 0.5f);
        store.commit(round, store.begin(attempt("one")));
        rewriteWithout(Table.CLIENT_UPDATES, "executor", "starts");

        List<ClientUpdate> updates = store.updates(store.rounds()).get(1);

        assertThat(updates).extracting(ClientUpdate::client).containsExactlyInAnyOrder(3, 7);
        assertThat(updates).allMatch(update -> update.executor() == null && update.starts() == 1);
    }

    @Test
    void aRoundOfAVersionThatKnewOnlyTrainedTensorsIsRead() {
        Round round = round(1, 0.5f);
        ServerState trained = ServerState.of(round.state().trainable());
        store.commit(
                new Round(1, trained, round.updates(), round.evaluations(), List.of(), 88, 3.5, Map.of()),
                store.begin(attempt("one")));
        rewriteWithout(Table.ADAPTERS, "role");
        rewriteWithout(Table.ROUNDS, "state_sha256");

        Round.Summary summary = store.rounds().get(0);

        assertThat(summary.stateSha256()).isNull();
        assertThat(store.state(summary).sha256()).isEqualTo(trained.sha256());
    }

    private void rewriteWithout(Table table, String... columns) {
        List<Row> rows = tables.read(table).orElseThrow().collectAsList();
        FileUtil.fullyDelete(new File(URI.create(warehouse.table(table))));
        SharedSpark.SESSION
                .createDataFrame(rows, table.schema())
                .drop(columns)
                .write()
                .format("delta")
                .save(warehouse.table(table));
    }

    @Test
    void tablesAreAppendOnlyForReaderVersionOneWhateverTheSessionHasForNewTables() {
        String defaults = "spark.databricks.delta.properties.defaults.";
        Map<String, String> wishes = Map.of(
                defaults + "enableDeletionVectors", "true",
                defaults + "columnMapping.mode", "name",
                defaults + "checkpointPolicy", "v2",
                defaults + "enableChangeDataFeed", "true",
                defaults + "enableRowTracking", "true",
                defaults + "minReaderVersion", "3",
                defaults + "minWriterVersion", "7",
                defaults + "appendOnly", "false");
        wishes.forEach(SharedSpark.SESSION.conf()::set);
        try {
            store.commit(round(1, 0.5f), store.begin(attempt("one")));
        } finally {
            wishes.keySet().forEach(SharedSpark.SESSION.conf()::unset);
        }
        SharedSpark.SESSION.conf().set(defaults + "feature.deletionVectors", "supported");
        try {
            assertThatThrownBy(() -> store.begin(attempt("two")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("feature.deletionVectors is set to supported");
        } finally {
            SharedSpark.SESSION.conf().unset(defaults + "feature.deletionVectors");
        }

        for (Table table : OF_RUNS) {
            Row detail = DeltaTable.forPath(SharedSpark.SESSION, warehouse.table(table))
                    .detail()
                    .first();
            assertThat(detail.<Integer>getAs("minReaderVersion"))
                    .as(table.tableName())
                    .isEqualTo(1);
            assertThat(detail.<Integer>getAs("minWriterVersion"))
                    .as(table.tableName())
                    .isEqualTo(2);
            assertThat(detail.<Object, Object>getJavaMap(detail.fieldIndex("properties")))
                    .as(table.tableName())
                    .containsEntry("delta.appendOnly", "true");
            assertThat(detail.<String>getList(detail.fieldIndex("partitionColumns")))
                    .as(table.tableName())
                    .containsExactly("run_id");
        }
        assertThatThrownBy(() -> DeltaTable.forPath(SharedSpark.SESSION, warehouse.table(Table.ROUNDS))
                        .delete(col("round").equalTo(lit(1))))
                .hasMessageContaining("append");
    }

    /** What a driver leaves behind that is killed after the first tables of a round. */
    private void writeWithoutCommit(Round round, int attempt) {
        List<Row> rows = new ArrayList<>();
        round.state().parts().forEach((role, tensors) -> tensors.asMap()
                .forEach((name, tensor) -> rows.add(RowFactory.create(
                        RUN,
                        round.number(),
                        attempt,
                        name,
                        Arrays.stream(tensor.shape()).boxed().toArray(Long[]::new),
                        tensor.toBytes(),
                        TensorMap.sha256(tensor),
                        role.name().toLowerCase(Locale.ROOT)))));
        long version = attempt * 1_000_000L + round.number();
        tables.append(Table.ADAPTERS, rows, RUN, version);
        List<Row> evaluations = round.evaluations().stream()
                .map(e -> RowFactory.create(
                        RUN, round.number(), attempt, e.split(), e.metric(), e.value(), e.numExamples(), e.seconds()))
                .toList();
        tables.append(Table.EVALUATIONS, evaluations, RUN, version);
        List<Row> ofClients = round.clientEvaluations().stream()
                .map(e -> RowFactory.create(
                        RUN, round.number(), attempt, e.client(), e.metric(), e.value(), e.numExamples()))
                .toList();
        tables.append(Table.CLIENT_EVALUATIONS, ofClients, RUN, version);
    }

    private static Row withOneBitFlipped(Row row) {
        byte[] data = row.<byte[]>getAs("data").clone();
        data[0] ^= 1;
        return RowFactory.create(
                row.get(0),
                row.get(1),
                row.get(2),
                row.get(3),
                row.getList(row.fieldIndex("shape")).toArray(),
                data,
                row.get(6),
                row.get(7));
    }

    private Map<Table, Long> counts() {
        return OF_RUNS.stream().collect(Collectors.toMap(table -> table, this::count));
    }

    private static long tensors(Round round) {
        return round.state().parts().values().stream()
                .mapToLong(part -> part.asMap().size())
                .sum();
    }

    private long count(Table table) {
        return tables.read(table).orElseThrow().count();
    }

    private static void assertSameBits(TensorMap actual, TensorMap expected) {
        assertThat(actual.asMap().keySet()).isEqualTo(expected.asMap().keySet());
        expected.asMap().forEach((name, tensor) -> {
            assertThat(actual.get(name).shape()).as(name).isEqualTo(tensor.shape());
            assertThat(actual.get(name).toBytes()).as(name).isEqualTo(tensor.toBytes());
        });
    }

    /** A round of tensors that do not survive any rounding, with a client that trained and one that did not. */
    private static Round round(int number, float value) {
        TensorMap trainable = new TensorMap(Map.of(
                "a", new Tensor(new long[] {2, 3}, new float[] {-0f, value, 1f / 3, Float.MIN_VALUE, 1e38f, -1e-40f}),
                "b.scalar", new Tensor(new long[] {}, new float[] {value}),
                "c", new Tensor(new long[] {4}, new float[] {1, 2, 3, value})));
        ServerState state = new ServerState(
                trainable,
                new TensorMap(Map.of("a", new Tensor(new long[] {1, 2}, new float[] {1e-3f, value}))),
                new TensorMap(Map.of("v/a", new Tensor(new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, value}))));
        List<ClientUpdate> updates = List.of(
                new ClientUpdate(3, 10, 2, 2.5, 2.25, 2, 0.75, 44, "host", "amd64", "0", "cpu", 1, null),
                new ClientUpdate(
                        7,
                        0,
                        0,
                        Double.NaN,
                        Double.NaN,
                        Double.NaN,
                        0.1,
                        0,
                        "host",
                        "amd64",
                        "1",
                        "cpu",
                        2,
                        "no files"));
        List<Evaluation> evaluations =
                List.of(new Evaluation("test", "accuracy", value, 5, 0.5), new Evaluation("test", "loss", 2, 5, 0.5));
        List<ClientEvaluation> ofClients = List.of(
                new ClientEvaluation(3, "accuracy", value, 2),
                new ClientEvaluation(3, "loss", 1.5, 2),
                new ClientEvaluation(7, "accuracy", 0.25, 3));
        return new Round(
                number, state, updates, evaluations, ofClients, 88, 3.5, Map.of("train", 2.0, "evaluate", 1.0));
    }

    private static RunStore.Attempt attempt(String experiment) {
        return new RunStore.Attempt(
                experiment,
                "federa",
                "tiny",
                "sha",
                "topics",
                "fingerprint",
                "partition",
                List.of("one", "two"),
                11,
                1_011,
                "name: " + experiment + "\nseed: 1\n",
                Map.of("spark", "3.5"));
    }
}
