package federa.pipeline;

import federa.store.StoreException;
import federa.udf.FoldUpdates;
import federa.udf.FoldUpdates.Folded;
import federa.udf.UpdateKey;
import federa.udf.UpdatePart;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

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
        waves.discard(ofRun);
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
        int first = 0;
        try {
            for (; first + size < clients.size(); first += size) {
                keep(folded(clients.subList(first, first + size), first, tasks, updates), before(first + size));
                discard(before(first));
            }
            JavaPairRDD<UpdateKey, UpdatePart> last =
                    folded(clients.subList(first, clients.size()), first, tasks, updates);
            Folded result = FoldUpdates.collect(last);
            freeDisks(last);
            return result;
        } finally {
            if (size < clients.size()) {
                discard(directory);
            }
        }
    }

    /** How many clients a wave has. */
    private int size(int clients, Collection<long[]> shapes) {
        long room = bytesPerExecutor * workspace.executors();
        return (int) Math.min(clients, Math.max(1, room / Math.max(1, FoldUpdates.bytes(shapes))));
    }

    /** What the clients come to up to the end of a wave. */
    private JavaPairRDD<UpdateKey, UpdatePart> folded(
            List<Integer> wave,
            int first,
            int tasks,
            Function<List<Integer>, JavaPairRDD<UpdateKey, UpdatePart>> updates) {
        JavaPairRDD<UpdateKey, UpdatePart> parts = updates.apply(wave);
        if (first > 0) {
            JavaRDD<Tuple2<UpdateKey, UpdatePart>> kept =
                    workspace.context().objectFile(before(first).toString());
            parts = parts.union(JavaPairRDD.fromJavaRDD(kept));
        }
        return FoldUpdates.of(parts, tasks);
    }

    /** Where that is kept which clients come to before this one, by its position. */
    private Path before(int client) {
        return new Path(directory, "before-" + client);
    }

    private static void keep(JavaPairRDD<UpdateKey, UpdatePart> folded, Path path) {
        folded.saveAsObjectFile(path.toString());
        freeDisks(folded);
    }

    /** Spark would keep the shuffled updates until the driver's garbage is collected, which may take rounds. */
    private static void freeDisks(JavaPairRDD<UpdateKey, UpdatePart> folded) {
        folded.rdd().cleanShuffleDependencies(false);
    }

    private void discard(Path path) {
        try {
            workspace.warehouse().fileSystem().delete(path, true);
        } catch (IOException e) {
            throw new StoreException("cannot remove %s: %s".formatted(path, e.getMessage()), e);
        }
    }
}
