package federa.pipeline;

import java.util.List;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/** Tasks that prefer certain executors. */
final class PlacedTasks {

    private PlacedTasks() {}

    /**
     * One task per item.
     *
     * @param places the executors that an item's task prefers, as {@link #place} names them; if there are none, any will do
     */
    static <T> JavaRDD<T> of(SparkContext spark, List<T> items, Function<T, List<String>> places) {
        List<Tuple2<T, Seq<String>>> tasks = items.stream()
                .map(item -> new Tuple2<>(item, asScala(places.apply(item))))
                .toList();
        return spark.makeRDD(asScala(tasks), ClassTag$.MODULE$.<T>apply(Object.class))
                .toJavaRDD();
    }

    /** Spark's name for an executor as the place of a task. */
    static String place(String host, String executorId) {
        return "executor_%s_%s".formatted(host, executorId);
    }

    private static <T> Seq<T> asScala(List<T> list) {
        return JavaConverters.asScalaBuffer(list).toSeq();
    }
}
