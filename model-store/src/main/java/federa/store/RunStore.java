package federa.store;

import federa.federated.ClientUpdate;
import federa.federated.ServerState;
import federa.federated.ServerState.Role;
import federa.store.Round.ClientEvaluation;
import federa.store.Round.Evaluation;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * One run's rows in the tables: begin an attempt, commit rounds, resume.
 *
 * <p>A round's rows are written first, each table once per (attempt, round), and the row of {@code rounds} last: it is
 * the commit point. Rows of an attempt that died before that have no such row and are never read.
 */
public final class RunStore {

    private final Tables tables;
    private final String runId;

    public RunStore(Tables tables, String runId) {
        this.tables = tables;
        this.runId = runId;
    }

    /**
     * What is asked for in an attempt, and with what.
     *
     * @param config the resolved configuration
     * @param versions of everything that computes: this project's commit, Spark, Java, PyTorch
     */
    public record Attempt(
            String experiment,
            String method,
            String model,
            String modelSha256,
            String dataset,
            String dataFingerprint,
            String partitionId,
            List<String> labels,
            long trainableParameters,
            long totalParameters,
            String config,
            Map<String, String> versions) {}

    /** The last attempt to run, if there was one. */
    public Optional<Attempt> lastAttempt() {
        return tables.rows(Table.RUNS, runId).stream()
                .max(Comparator.comparingInt(row -> row.<Integer>getAs("attempt")))
                .map(row -> new Attempt(
                        row.getAs("experiment"),
                        row.getAs("method"),
                        row.getAs("model"),
                        row.getAs("model_sha256"),
                        row.getAs("dataset"),
                        row.getAs("data_fingerprint"),
                        row.getAs("partition_id"),
                        row.getList(row.fieldIndex("labels")),
                        row.getAs("trainable_parameters"),
                        row.getAs("total_parameters"),
                        row.getAs("config"),
                        row.getJavaMap(row.fieldIndex("versions"))));
    }

    /** Records the start of an attempt, which takes the run over from those before; {@link #rounds()} must be read after it. */
    public RunLease begin(Attempt attempt) {
        return RunLease.take(
                tables,
                runId,
                (number, driver) -> RowFactory.create(
                        runId,
                        number,
                        Timestamp.from(Instant.now()),
                        attempt.experiment(),
                        attempt.method(),
                        attempt.model(),
                        attempt.modelSha256(),
                        attempt.dataset(),
                        attempt.dataFingerprint(),
                        attempt.partitionId(),
                        attempt.labels().toArray(),
                        attempt.trainableParameters(),
                        attempt.totalParameters(),
                        attempt.config(),
                        attempt.versions(),
                        driver));
    }

    /** The committed rounds, in order. */
    public List<Round.Summary> rounds() {
        return tables.rows(Table.ROUNDS, runId).stream()
                .map(RunStore::summary)
                .sorted(Comparator.comparingInt(Round.Summary::number))
                .toList();
    }

    /** The trained tensors as a committed round left them, see {@link #state}. */
    public TensorMap global(Round.Summary round) {
        return state(round).trainable();
    }

    /**
     * The server's state as a committed round left it.
     *
     * @throws StoreException if it does not have the digest that was committed
     */
    public ServerState state(Round.Summary round) {
        Map<Role, Map<String, Tensor>> tensors = new EnumMap<>(Role.class);
        for (Row row : committed(Table.ADAPTERS, round)) {
            tensors.computeIfAbsent(AdapterRows.role(row), role -> new TreeMap<>())
                    .put(row.getAs("name"), AdapterRows.tensor(row));
        }
        Map<Role, TensorMap> parts = new EnumMap<>(Role.class);
        tensors.forEach((role, ofRole) -> parts.put(role, new TensorMap(ofRole)));
        ServerState state = ServerState.of(parts);
        boolean same = round.stateSha256() == null
                ? state.trainable().sha256().equals(round.adaptersSha256())
                : state.sha256().equals(round.stateSha256());
        if (!same) {
            throw new StoreException(
                    "the adapters of run %s, round %d do not have the digest they were committed with; the table %s was changed from outside"
                            .formatted(runId, round.number(), Table.ADAPTERS.tableName()),
                    null);
        }
        return state;
    }

    /** The clients' reports of all committed rounds, by round. */
    public Map<Integer, List<ClientUpdate>> updates(List<Round.Summary> rounds) {
        Map<Integer, List<ClientUpdate>> updates = new TreeMap<>();
        for (Row row : committed(Table.CLIENT_UPDATES, rounds)) {
            updates.computeIfAbsent(row.getAs("round"), r -> new ArrayList<>()).add(update(row));
        }
        return updates;
    }

    /** The evaluations of all committed rounds, by round. */
    public Map<Integer, List<Evaluation>> evaluations(List<Round.Summary> rounds) {
        Map<Integer, List<Evaluation>> evaluations = new TreeMap<>();
        for (Row row : committed(Table.EVALUATIONS, rounds)) {
            evaluations
                    .computeIfAbsent(row.getAs("round"), r -> new ArrayList<>())
                    .add(new Evaluation(
                            row.getAs("split"),
                            row.getAs("metric"),
                            row.getAs("value"),
                            row.getAs("num_examples"),
                            row.getAs("seconds")));
        }
        return evaluations;
    }

    /** The clients' values of a metric in all committed rounds that were evaluated by clients, by round. */
    public Map<Integer, List<ClientEvaluation>> clientEvaluations(List<Round.Summary> rounds, String metric) {
        Map<Integer, List<ClientEvaluation>> evaluations = new TreeMap<>();
        for (Row row : committed(Table.CLIENT_EVALUATIONS, rounds)) {
            if (row.<String>getAs("metric").equals(metric)) {
                evaluations
                        .computeIfAbsent(row.getAs("round"), r -> new ArrayList<>())
                        .add(new ClientEvaluation(
                                row.getAs("client_id"), metric, row.getAs("value"), row.getAs("num_examples")));
            }
        }
        return evaluations;
    }

    /**
     * Writes a round: its rows side by side, then the row that commits it.
     *
     * @return the round as it was committed
     * @throws StoreException if it could not be written, or a newer attempt has taken the run over
     */
    public Round.Summary commit(Round round, RunLease lease) {
        long version = lease.version(round.number());
        int attempt = lease.attempt();
        long start = System.nanoTime();
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        writes.add(write(Table.ADAPTERS, AdapterRows.of(round.state(), runId, round.number(), attempt), version));
        writes.add(write(Table.CLIENT_UPDATES, updateRows(round, attempt), version));
        writes.add(write(Table.EVALUATIONS, evaluationRows(round, attempt), version));
        writes.add(write(Table.CLIENT_EVALUATIONS, clientEvaluationRows(round, attempt), version));
        try {
            writes.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new StoreException(
                    "round %d of run %s could not be written: %s"
                            .formatted(round.number(), runId, e.getCause().getMessage()),
                    e.getCause());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Round.Summary committed = round.withPhase("write", seconds).committed(attempt);
        lease.commit(row(committed), round.number());
        return committed;
    }

    /** Records why an attempt ends before its last round, if the warehouse still takes it. */
    public void fail(RunLease lease, Throwable failure) {
        String error = String.valueOf(failure.getMessage()).lines().findFirst().orElse(failure.toString());
        Row row = RowFactory.create(runId, lease.attempt(), Timestamp.from(Instant.now()), error);
        try {
            tables.append(Table.FAILURES, List.of(row), runId, lease.attempt());
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** In a thread of its own, which has this one's class loader and session. */
    /** Writes rows in a thread of their own; nothing if there are none. */
    private CompletableFuture<Void> write(Table table, Iterable<Row> rows, long version) {
        if (!rows.iterator().hasNext()) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(
                () -> tables.append(table, rows, runId, version), task -> new Thread(task, "write").start());
    }

    private List<Row> updateRows(Round round, int attempt) {
        return round.updates().stream()
                .map(u -> RowFactory.create(
                        runId,
                        round.number(),
                        attempt,
                        u.client(),
                        u.status(),
                        u.numExamples(),
                        u.steps(),
                        u.lossFirst(),
                        u.lossMean(),
                        u.lossLast(),
                        u.seconds(),
                        u.bytesUp(),
                        u.host(),
                        u.arch(),
                        u.executor(),
                        u.device(),
                        u.starts(),
                        u.error()))
                .toList();
    }

    private List<Row> evaluationRows(Round round, int attempt) {
        return round.evaluations().stream()
                .map(e -> RowFactory.create(
                        runId, round.number(), attempt, e.split(), e.metric(), e.value(), e.numExamples(), e.seconds()))
                .toList();
    }

    private List<Row> clientEvaluationRows(Round round, int attempt) {
        return round.clientEvaluations().stream()
                .map(e -> RowFactory.create(
                        runId, round.number(), attempt, e.client(), e.metric(), e.value(), e.numExamples()))
                .toList();
    }

    private Row row(Round.Summary round) {
        return RowFactory.create(
                runId,
                round.number(),
                round.attempt(),
                Timestamp.from(round.committedAt()),
                round.clients(),
                round.failedClients(),
                round.numExamples(),
                round.trainLoss(),
                round.bytesUp(),
                round.bytesDown(),
                round.seconds(),
                round.phaseSeconds(),
                round.adaptersSha256(),
                round.stateSha256());
    }

    private static Round.Summary summary(Row row) {
        return new Round.Summary(
                row.getAs("round"),
                row.getAs("attempt"),
                row.<Timestamp>getAs("committed_at").toInstant(),
                row.getAs("clients"),
                row.getAs("failed_clients"),
                row.getAs("num_examples"),
                row.getAs("train_loss"),
                row.getAs("bytes_up"),
                row.getAs("bytes_down"),
                row.getAs("seconds"),
                row.getJavaMap(row.fieldIndex("phase_seconds")),
                row.getAs("adapters_sha256"),
                row.getAs("state_sha256"));
    }

    private static ClientUpdate update(Row row) {
        return new ClientUpdate(
                row.getAs("client_id"),
                row.getAs("num_examples"),
                row.getAs("steps"),
                row.getAs("loss_first"),
                row.getAs("loss_mean"),
                row.getAs("loss_last"),
                row.getAs("seconds"),
                row.getAs("bytes_up"),
                row.getAs("host"),
                row.getAs("arch"),
                row.getAs("executor"),
                row.getAs("device"),
                row.isNullAt(row.fieldIndex("starts")) ? 1 : row.<Integer>getAs("starts"),
                row.getAs("error"));
    }

    /** The rows of one committed round. */
    private List<Row> committed(Table table, Round.Summary round) {
        return tables.rows(table, runId, Map.of("round", round.number(), "attempt", round.attempt()));
    }

    /** The rows of committed rounds, without those of attempts that died before the commit. */
    private List<Row> committed(Table table, List<Round.Summary> rounds) {
        Map<Integer, Integer> attempts = new TreeMap<>();
        rounds.forEach(round -> attempts.put(round.number(), round.attempt()));
        return tables.rows(table, runId).stream()
                .filter(row -> row.<Integer>getAs("attempt").equals(attempts.get(row.<Integer>getAs("round"))))
                .toList();
    }
}
