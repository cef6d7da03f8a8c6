package federa.pipeline;

import federa.federated.Aggregate;
import federa.store.StoreException;
import federa.udf.AggregateUpdates;
import federa.udf.BlockKey;
import federa.udf.PartialAggregates;
import federa.udf.Slices;
import federa.udf.UpdatePart;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Aggregates the updates of many clients in chunks of the cohort, of which the executors' disks hold one at a time: a chunk
 * begins with the partial aggregates of those before it, which wait in the warehouse. All clients are aggregated in their
 * order, so the bits are the same in however many chunks.
 */
public final class CohortChunks {

    /** Spark's setting of how much of a round's updates each executor has on its disk at once. */
    public static final String SIZE = "spark.federa.chunk.size";

    /** What the setting was called before. */
    private static final String FORMER_SIZE = "spark.federa.wave.size";

    /** Some minutes of aggregating, and room on a small machine's disk. */
    private static final String DEFAULT_SIZE = "16g";

    private static final Logger LOG = LoggerFactory.getLogger(CohortChunks.class);

    private final Workspace workspace;
    private final Path directory;
    private final long bytesPerExecutor;

    /**
     * Chunks of one round after the other.
     *
     * @param directory that nobody else uses, see {@link federa.store.Warehouse#cohortChunks}
     */
    public CohortChunks(Workspace workspace, Path directory) {
        this(workspace, directory, configured(workspace.spark().sparkContext().conf()));
    }

    CohortChunks(Workspace workspace, Path directory, long bytesPerExecutor) {
        this.workspace = workspace;
        this.directory = directory;
        this.bytesPerExecutor = bytesPerExecutor;
    }

    /** The size that a session's settings give, by the present name or the former one. */
    static long configured(SparkConf spark) {
        if (!spark.contains(SIZE) && spark.contains(FORMER_SIZE)) {
            LOG.warn("{} is now called {}; the former name is still read", FORMER_SIZE, SIZE);
            return spark.getSizeAsBytes(FORMER_SIZE);
        }
        return spark.getSizeAsBytes(SIZE, DEFAULT_SIZE);
    }

    /** For an attempt of a run; what an attempt before it left is removed. */
    static CohortChunks ofAttempt(Workspace workspace, String runId, int attempt) {
        Path ofRun = workspace.warehouse().cohortChunks(runId);
        CohortChunks chunks = new CohortChunks(workspace, new Path(ofRun, Integer.toString(attempt)));
        chunks.discard(List.of(ofRun.toString()));
        return chunks;
    }

    /**
     * The aggregate of all clients' updates.
     *
     * @param clients in ascending order
     * @param shapes of an update's tensors
     * @param slices how updates are cut, and what aggregates them
     * @param updates the parts of the updates of some of the clients
     */
    public Aggregate aggregate(
            List<Integer> clients,
            SortedMap<String, long[]> shapes,
            Slices slices,
            Function<List<Integer>, JavaPairRDD<BlockKey, UpdatePart>> updates) {
        int size = size(clients.size(), shapes.values());
        int tasks = AggregateUpdates.tasks(size, shapes, slices, workspace.parallelism());
        if (size == clients.size()) {
            return last(AggregateUpdates.of(updates.apply(clients), slices.aggregator(), tasks));
        }
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        try {
            List<String> before = List.of();
            int first = 0;
            for (; first + size < clients.size(); first += size) {
                JavaPairRDD<BlockKey, UpdatePart> chunk = updates.apply(clients.subList(first, first + size));
                List<String> after =
                        keep(AggregateUpdates.of(with(before, chunk, hadoop), slices.aggregator(), tasks), hadoop);
                discard(before);
                before = after;
            }
            JavaPairRDD<BlockKey, UpdatePart> chunk = updates.apply(clients.subList(first, clients.size()));
            return last(AggregateUpdates.of(with(before, chunk, hadoop), slices.aggregator(), tasks));
        } finally {
            discard(List.of(directory.toString()));
        }
    }

    /** How many clients a chunk has. */
    private int size(int clients, Collection<long[]> shapes) {
        long room = bytesPerExecutor * workspace.executors();
        return (int) Math.min(clients, Math.max(1, room / Math.max(1, AggregateUpdates.bytes(shapes))));
    }

    /** A chunk's parts, and what was kept of those before it. */
    private JavaPairRDD<BlockKey, UpdatePart> with(
            List<String> before, JavaPairRDD<BlockKey, UpdatePart> chunk, Broadcast<SerializableConfiguration> hadoop) {
        return before.isEmpty()
                ? chunk
                : chunk.union(workspace
                        .context()
                        .parallelize(before, before.size())
                        .flatMapToPair(new PartialAggregates.Read(hadoop)));
    }

    /** Writes what the clients come to so far, and returns the names of the files. */
    private List<String> keep(
            JavaPairRDD<BlockKey, UpdatePart> aggregated, Broadcast<SerializableConfiguration> hadoop) {
        List<String> files = aggregated
                .mapPartitions(new PartialAggregates.Write(directory.toString(), hadoop))
                .collect();
        freeDisks(aggregated);
        return files;
    }

    private static Aggregate last(JavaPairRDD<BlockKey, UpdatePart> aggregated) {
        Aggregate result = AggregateUpdates.collect(aggregated);
        freeDisks(aggregated);
        return result;
    }

    /** Spark would keep the shuffled updates until the driver's garbage is collected, which may take rounds. */
    private static void freeDisks(JavaPairRDD<BlockKey, UpdatePart> aggregated) {
        aggregated.rdd().cleanShuffleDependencies(false);
    }

    private void discard(List<String> paths) {
        try {
            FileSystem fs = workspace.warehouse().fileSystem();
            for (String path : paths) {
                fs.delete(new Path(path), true);
            }
        } catch (IOException e) {
            throw new StoreException("cannot remove %s: %s".formatted(paths, e.getMessage()), e);
        }
    }
}
