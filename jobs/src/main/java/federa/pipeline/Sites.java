package federa.pipeline;

import federa.spi.InvalidInputException;
import federa.udf.ClientLocation.Resident;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.BlockManagerId;
import scala.collection.JavaConverters;

/** The executors on whose machines resident clients are. They are asked anew each time, since they may die and return. */
final class Sites {

    private final Workspace workspace;
    private final Resident location;

    /** For a run's session: from here on a task waits for the executor it belongs to. */
    Sites(Workspace workspace, Resident location) {
        this.workspace = workspace;
        this.location = location;
        // Spark reads it for each stage. After its three seconds a task would go where its client is not.
        spark().conf().set("spark.locality.wait.process", "1h");
    }

    /** Each client's task on an executor that has the client. A client that none has is refused wherever its task runs. */
    JavaRDD<Integer> place(List<Integer> clients) {
        Map<Integer, List<String>> places = clients();
        return PlacedTasks.of(spark(), clients, client -> places.getOrDefault(client, List.of()));
    }

    /**
     * The clients that executors have, each with Spark's names of these executors.
     *
     * @throws InvalidInputException if two machines have a client of the same id
     */
    Map<Integer, List<String>> clients() {
        Map<Integer, String> hosts = new TreeMap<>();
        Map<Integer, List<String>> places = new TreeMap<>();
        Resident asked = location;
        for (Site site : PlacedTasks.of(spark(), executors(), executor -> List.of(place(executor)))
                .map(executor -> Site.here(asked))
                .collect()) {
            for (int client : site.clients()) {
                String other = hosts.putIfAbsent(client, site.executor().host());
                if (other != null && !other.equals(site.executor().host())) {
                    throw new InvalidInputException(
                            "client %d is on two machines, %s and %s; give each client an id of its own"
                                    .formatted(client, other, site.executor().host()));
                }
                places.computeIfAbsent(client, c -> new ArrayList<>()).add(place(site.executor()));
            }
        }
        return places;
    }

    /** What an executor has; it says who it is, because Spark may have asked another one. */
    private record Site(BlockManagerId executor, List<Integer> clients) implements Serializable {

        static Site here(Resident location) {
            return new Site(SparkEnv.get().blockManager().blockManagerId(), List.copyOf(location.clients()));
        }
    }

    private List<BlockManagerId> executors() {
        boolean local = spark().isLocal();
        return JavaConverters.seqAsJavaList(SparkEnv.get()
                        .blockManager()
                        .master()
                        .getMemoryStatus()
                        .keys()
                        .toSeq())
                .stream()
                .filter(process -> local || !process.isDriver())
                .toList();
    }

    private static String place(BlockManagerId executor) {
        return PlacedTasks.place(executor.host(), executor.executorId());
    }

    private SparkContext spark() {
        return workspace.spark().sparkContext();
    }
}
