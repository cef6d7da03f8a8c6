package federa.pipeline;

import federa.store.StoreException;
import federa.udf.FoldUpdates;
import federa.udf.FoldUpdates.Folded;
import federa.udf.KeptParts;
import federa.udf.UpdateKey;
import federa.udf.UpdatePart;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Folds the updates of many clients in waves, of which the executors' disks hold one at a time: a wave begins with the
 * running means of those before it, which wait in the warehouse. All clients are folded in their order, so the bits are the
 * same in however many waves.
 */
public final class Waves {

    /** Spark's setting of how much of a round's updates each executor has on its disk at once. */
    public static final String SIZE = "spark.federa.wave.size";

    /** Some minutes of folding, and room on a small machine's disk. */
    private static final String DEFAULT_SIZE = "16g";

    private final Workspace workspace;
    private final Path directory;
    private final long bytesPerExecutor;

    /**
     * Waves of one round after the other.
     *
     * @param directory that nobody else uses, see {@link federa.store.Warehouse#waves}
     */
    public Waves(Workspace workspace, Path directory) {
        this(workspace, directory, workspace.spark().sparkContext().conf().getSizeAsBytes(SIZE, DEFAULT_SIZE));
    }

    Waves(Workspace workspace, Path directory, long bytesPerExecutor) {
        this.workspace = workspace;
        this.directory = directory;
        this.bytesPerExecutor = bytesPerExecutor;
    }

    /** For an attempt of a run; what an attempt before it left is removed. */
    static Waves ofAttempt(Workspace workspace, String runId, int attempt) {
        Path ofRun = workspace.warehouse().waves(runId);
        Waves waves = new Waves(workspace, new Path(ofRun, Integer.toString(attempt)));
        waves.discard(List.of(ofRun.toString()));
        return waves;
    }

    /**
     * The fold of all clients' updates.
     *
     * @param clients in ascending order
     * @param shapes of an update's tensors
     * @param updates the parts of the updates of some of the clients
     */
    public Folded fold(
            List<Integer> clients,
            Collection<long[]> shapes,
            Function<List<Integer>, JavaPairRDD<UpdateKey, UpdatePart>> updates) {
        int size = size(clients.size(), shapes);
        int tasks = FoldUpdates.tasks(size, shapes, workspace.parallelism());
        if (size == clients.size()) {
            return last(FoldUpdates.of(updates.apply(clients), tasks));
        }
        Broadcast<SerializableConfiguration> hadoop = workspace.broadcastHadoop();
        try {
            List<String> before = List.of();
            int first = 0;
            for (; first + size < clients.size(); first += size) {
                JavaPairRDD<UpdateKey, UpdatePart> wave = updates.apply(clients.subList(first, first + size));
                List<String> after = keep(FoldUpdates.of(with(before, wave, hadoop), tasks), hadoop);
                discard(before);
                before = after;
            }
            JavaPairRDD<UpdateKey, UpdatePart> wave = updates.apply(clients.subList(first, clients.size()));
            return last(FoldUpdates.of(with(before, wave, hadoop), tasks));
        } finally {
            hadoop.destroy();
            discard(List.of(directory.toString()));
        }
    }

    /** How many clients a wave has. */
    private int size(int clients, Collection<long[]> shapes) {
        long room = bytesPerExecutor * workspace.executors();
        return (int) Math.min(clients, Math.max(1, room / Math.max(1, FoldUpdates.bytes(shapes))));
    }

    /** A wave's parts, and what was kept of those before it. */
    private JavaPairRDD<UpdateKey, UpdatePart> with(
            List<String> before, JavaPairRDD<UpdateKey, UpdatePart> wave, Broadcast<SerializableConfiguration> hadoop) {
        return before.isEmpty()
                ? wave
                : wave.union(workspace
                        .context()
                        .parallelize(before, before.size())
                        .flatMapToPair(new KeptParts.Read(hadoop)));
    }

    /** Writes what the clients come to so far, and returns the names of the files. */
    private List<String> keep(JavaPairRDD<UpdateKey, UpdatePart> folded, Broadcast<SerializableConfiguration> hadoop) {
        List<String> files = folded.mapPartitions(new KeptParts.Write(directory.toString(), hadoop))
                .collect();
        freeDisks(folded);
        return files;
    }

    private static Folded last(JavaPairRDD<UpdateKey, UpdatePart> folded) {
        Folded result = FoldUpdates.collect(folded);
        freeDisks(folded);
        return result;
    }

    /** Spark would keep the shuffled updates until the driver's garbage is collected, which may take rounds. */
    private static void freeDisks(JavaPairRDD<UpdateKey, UpdatePart> folded) {
        folded.rdd().cleanShuffleDependencies(false);
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
