package federa.pipeline;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import federa.config.Canonical;
import federa.config.Experiment;
import federa.partition.AssignClients;
import federa.partition.ClientStats;
import federa.partition.Division;
import federa.partition.Partitioner;
import federa.partition.Plan;
import federa.store.Table;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.zip.CRC32;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Divisions of a data set's train split among clients: Parquet by {@code client_id}, and two Delta tables about it. */
public final class Partitions {

    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);

    private final Workspace workspace;

    public Partitions(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * A division that is in the warehouse.
     *
     * @param directory of the clients' Parquet files; not there if the clients are resident
     * @param withExamples the ids of the clients that have examples, in order
     */
    public record Stored(String id, String directory, List<Integer> withExamples) {}

    /**
     * A client of a division.
     *
     * @param histogram examples by label, or by cluster if these were divided
     * @param jsDistance Jensen-Shannon distance to the labels or clusters of all, NaN without examples
     */
    public record Client(int id, long numExamples, Map<String, Long> histogram, double jsDistance) {}

    /** The division that an experiment asks for, made if the warehouse does not have it. */
    public Stored divide(Experiment experiment, Datasets.Stored data) {
        return experiment
                .partition()
                .partitioner()
                .map(partitioner -> divide(experiment, partitioner, data))
                .orElseGet(() -> register(experiment, data));
    }

    private Stored divide(Experiment experiment, Partitioner partitioner, Datasets.Stored data) {
        Optional<Clusters> clusters =
                partitioner.clustering().map(clustering -> new Clusters(workspace, experiment, clustering));
        String inputs = clusters.map(Clusters::inputs).orElse("");
        Optional<Stored> present = find(experiment, data, inputs);
        if (present.isPresent()) {
            LOG.info("partition {} is there already", present.get().id());
            return present.get();
        }
        String id = id(data.name(), data.fingerprint(), partitioner, experiment.seed(), inputs);
        workspace.describe("partition %s among clients".formatted(data.name()));
        try {
            Dataset<Row> train = data.split("train").drop("split");
            AssignClients assign = new AssignClients(partitioner, experiment.seed());
            if (clusters.isEmpty()) {
                write(id, train, assign);
            } else {
                Dataset<Row> clustered = clusters.get().of(train);
                try {
                    write(id, train.join(clustered, "id"), assign);
                } finally {
                    clustered.unpersist();
                }
            }
        } finally {
            workspace.describe(null);
        }
        return find(id).orElseThrow(
                        () -> new IllegalStateException("partition %s was written but is not there".formatted(id)));
    }

    /** Resident clients, of whom the warehouse keeps the statistics only; who they are is part of the id. */
    private Stored register(Experiment experiment, Datasets.Stored data) {
        Registration registration = new Registration(workspace, experiment, data);
        SortedMap<Integer, SortedMap<String, Long>> clients = registration.clients();
        String inputs = clients.toString();
        Optional<Stored> present = find(experiment, data, inputs);
        if (present.isPresent()) {
            return present.get();
        }
        String id = id(data.name(), data.fingerprint(), experiment.partition(), experiment.seed(), inputs);
        workspace.tables().append(Table.CLIENT_STATS, Registration.stats(id, clients), id, 1);
        return find(id).orElseThrow();
    }

    /** The division of an experiment, by its id or by the one that an earlier version gave it. */
    private Optional<Stored> find(Experiment experiment, Datasets.Stored data, String inputs) {
        return find(id(data.name(), data.fingerprint(), experiment.partition(), experiment.seed(), inputs))
                .or(() -> find(
                        earlierId(data.name(), data.fingerprint(), experiment.partition(), experiment.seed(), inputs)));
    }

    /** A division by its id: present once its statistics are, which are written last. */
    public Optional<Stored> find(String id) {
        List<Row> clients = workspace.tables().rows(Table.CLIENT_STATS, id, "client_id", "num_examples");
        return clients.isEmpty()
                ? Optional.empty()
                : Optional.of(new Stored(
                        id,
                        workspace.warehouse().clients(id),
                        clients.stream()
                                .filter(client -> client.<Long>getAs("num_examples") > 0)
                                .map(client -> client.<Integer>getAs("client_id"))
                                .sorted()
                                .toList()));
    }

    /** The clients of a division in order of their ids, with all that is known of them; none if there is no such division. */
    public List<Client> clients(String id) {
        return workspace.tables().rows(Table.CLIENT_STATS, id).stream()
                .map(Partitions::client)
                .sorted(Comparator.comparingInt(Client::id))
                .toList();
    }

    private static Client client(Row row) {
        int distance = row.fieldIndex("js_distance");
        return new Client(
                row.getAs("client_id"),
                row.getAs("num_examples"),
                row.getJavaMap(row.fieldIndex("histogram")),
                row.isNullAt(distance) ? Double.NaN : row.getDouble(distance));
    }

    /** Divides the examples and stores the division under an id, its statistics last. */
    public void write(String id, Dataset<Row> train, AssignClients assign) {
        Partitioner partitioner = assign.partitioner();
        Plan plan = assign.plan(train);
        // On disk only: in local mode, rows in memory would leave less of it to sort in.
        Dataset<Row> assigned = assign.assign(train, plan).persist(StorageLevel.DISK_ONLY());
        try {
            // One file per client: a client's rows are in one task.
            DataFrameWriter<Row> clients = assigned.drop(Partitioner.CLUSTER)
                    .repartition(plan.tasks(workspace.parallelism()), col("client_id"))
                    .sortWithinPartitions("client_id", "id")
                    .write()
                    .partitionBy("client_id");
            workspace.warehouse().publish(workspace.warehouse().clients(id), clients::parquet);
            Dataset<Row> assignment = assigned.select(
                    lit(id).as("partition_id"),
                    col("id").as("example_id"),
                    col("client_id"),
                    col("label"),
                    partitioner
                            .groupColumn()
                            .map(functions::col)
                            .orElse(lit(null))
                            .cast("string")
                            .as("group"));
            workspace.tables().append(Table.CLIENT_ASSIGNMENT, assignment, id, 1);
            Dataset<Row> stats = ClientStats.of(assigned, plan.clients(), partitioner.skewColumn())
                    .select(
                            lit(id).as("partition_id"),
                            col("client_id"),
                            col("num_examples"),
                            col("histogram"),
                            col("js_distance"))
                    .coalesce(1);
            workspace.tables().append(Table.CLIENT_STATS, stats::toLocalIterator, id, 1);
        } finally {
            assigned.unpersist(true);
        }
    }

    /**
     * A division's id, by all that it depends on.
     *
     * @param inputs what it depends on beside the data set, the rule and the seed; empty for nothing
     */
    static String id(String dataset, String fingerprint, Division division, long seed, String inputs) {
        return "%s-%s-%s"
                .formatted(
                        dataset,
                        Canonical.nameOf(division),
                        Canonical.id(Map.of(
                                "data", fingerprint,
                                "partition", division,
                                "seed", seed,
                                "inputs", inputs)));
    }

    /** The id that earlier versions gave a division: a checksum over the text that Java makes of the record. */
    static String earlierId(String dataset, String fingerprint, Division division, long seed, String inputs) {
        String rule = String.format(Locale.ROOT, "%s|%s|%d", fingerprint, division, seed);
        CRC32 crc = new CRC32();
        crc.update((inputs.isEmpty() ? rule : rule + "|" + inputs).getBytes(StandardCharsets.UTF_8));
        return "%s-%s-%s"
                .formatted(dataset, Canonical.nameOf(division), HexFormat.of().toHexDigits((int) crc.getValue()));
    }
}
