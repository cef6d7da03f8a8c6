package federa.pipeline;

import federa.udf.ClientLocation.Resident;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.BlockManagerId;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/** The executors on whose machines resident clients are. They are asked anew each time, since they may die and return. */
final class Sites {

    private final Workspace workspace;
    private final Resident location;

    /** For a run's session: from here on a task waits for the executor it belongs to. */
    Sites(Workspace workspace, Resident location) {
        this.workspace = workspace;
        this.location = location;
        // Spark reads it for each stage. After its three seconds a task would go where its client is not.
        workspace.spark().sparkContext().conf().set("spark.locality.wait.process", "1h");
    }

    /** Each client's task on an executor that has the client. A client that none has is refused wherever its task runs. */
    JavaRDD<Integer> place(List<Integer> clients) {
        Map<Integer, List<String>> places = clients();
        return tasks(clients.stream()
                .map(client -> new Tuple2<>(client, places.getOrDefault(client, List.of())))
                .toList());
    }

    /**
     * The clients that executors have, each with Spark's names of these executors.
     *
     * @throws IllegalArgumentException if two machines have a client of the same id
     */
    Map<Integer, List<String>> clients() {
        Map<Integer, String> hosts = new TreeMap<>();
        Map<Integer, List<String>> places = new TreeMap<>();
        List<Tuple2<String, List<String>>> executors = executors().stream()
                .map(executor -> new Tuple2<>(executor.executorId(), List.of(place(executor))))
                .toList();
        Resident asked = location;
        for (Site site : tasks(executors).map(executor -> Site.here(asked)).collect()) {
            for (int client : site.clients()) {
                String other = hosts.putIfAbsent(client, site.executor().host());
                if (other != null && !other.equals(site.executor().host())) {
                    throw new IllegalArgumentException(
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
        boolean local = workspace.spark().sparkContext().isLocal();
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

    /** Spark's name for an executor as the place of a task. */
    private static String place(BlockManagerId executor) {
        return "executor_%s_%s".formatted(executor.host(), executor.executorId());
    }

    private <T> JavaRDD<T> tasks(List<Tuple2<T, List<String>>> placed) {
        List<Tuple2<T, Seq<String>>> tasks = placed.stream()
                .map(task -> new Tuple2<>(
                        task._1, JavaConverters.asScalaBuffer(task._2).toSeq()))
                .toList();
        return workspace
                .spark()
                .sparkContext()
                .makeRDD(JavaConverters.asScalaBuffer(tasks).toSeq(), ClassTag$.MODULE$.<T>apply(Object.class))
                .toJavaRDD();
    }
}
