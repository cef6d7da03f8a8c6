package federa.pipeline;

import federa.config.Experiment;
import federa.partition.Skew;
import federa.task.Task;
import federa.udf.ClientLocation.Resident;
import federa.udf.CountLabels;
import federa.udf.CountLabels.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the resident clients that an experiment asks for, and what the driver may know of them: counts by label. */
final class Registration {

    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Workspace workspace;
    private final int expected;
    private final Task task;
    private final Datasets.Stored data;

    Registration(Workspace workspace, Experiment experiment, Datasets.Stored data) {
        this.workspace = workspace;
        this.expected = experiment.partition().clientsAsked().orElseThrow();
        this.task = experiment.task();
        this.data = data;
    }

    /**
     * Examples by label of each client. Waits for executors that are still starting, as long as Spark does.
     *
     * @throws IllegalArgumentException if there are not as many clients as asked for, or one has a label that the data set
     *     does not have
     */
    SortedMap<Integer, SortedMap<String, Long>> clients() {
        workspace.describe("find the clients of %s".formatted(data.name()));
        Resident location = new Resident(data.name());
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        try {
            Sites sites = new Sites(workspace, location);
            List<Integer> found = await(sites);
            SortedMap<Integer, SortedMap<String, Long>> clients = new TreeMap<>();
            for (Counted client :
                    sites.place(found).map(new CountLabels(location, hadoop)).collect()) {
                requireKnownLabels(client);
                clients.put(client.client(), client.labels());
            }
            LOG.info("{} resident clients of {}", clients.size(), data.name());
            return clients;
        } finally {
            workspace.describe(null);
        }
    }

    private List<Integer> await(Sites sites) {
        long patience = workspace
                .spark()
                .sparkContext()
                .conf()
                .getTimeAsMs("spark.scheduler.maxRegisteredResourcesWaitingTime", "30s");
        long end = System.nanoTime() + Duration.ofMillis(patience).toNanos();
        Set<Integer> found = sites.clients().keySet();
        while (found.size() < expected && System.nanoTime() < end) {
            try {
                Thread.sleep(PAUSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the clients' workers", e);
            }
            found = sites.clients().keySet();
        }
        if (found.size() != expected) {
            throw new IllegalArgumentException(
                    ("partition.clients is %d, but the workers have %d clients of %s after %d s; start the workers that are"
                                    + " missing, with %s in their environment, or set partition.clients to %d")
                            .formatted(
                                    expected,
                                    found.size(),
                                    data.name(),
                                    patience / 1000,
                                    Resident.VARIABLE,
                                    found.size()));
        }
        return List.copyOf(found);
    }

    private void requireKnownLabels(Counted client) {
        if (!task.truths().contains("label")) {
            return;
        }
        Set<String> unknown = new TreeSet<>(client.labels().keySet());
        unknown.removeAll(data.labels());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "client %d has the label '%s', which the train split of %s does not have; its labels are %s"
                            .formatted(client.client(), unknown.iterator().next(), data.name(), data.labels()));
        }
    }

    /** The clients as rows of {@code client_stats}. */
    static List<Row> stats(String partitionId, SortedMap<Integer, SortedMap<String, Long>> clients) {
        Map<String, Long> all = new TreeMap<>();
        clients.values().forEach(labels -> labels.forEach((label, count) -> all.merge(label, count, Long::sum)));
        List<Row> rows = new ArrayList<>();
        clients.forEach((client, labels) -> {
            long examples = labels.values().stream().mapToLong(Long::longValue).sum();
            Double distance =
                    examples == 0 ? null : (Double) Skew.of(labels, all).jsDistance();
            rows.add(RowFactory.create(partitionId, client, examples, labels, distance));
        });
        return rows;
    }
}
