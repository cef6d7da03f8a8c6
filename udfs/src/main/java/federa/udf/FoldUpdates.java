package federa.udf;

import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * Averages updates where they meet: takes the parts sorted by tensor and client, keeps one tensor's running mean at a
 * time, and emits each mean once and each report as it is.
 */
public final class FoldUpdates implements FlatMapFunction<Iterator<Tuple2<UpdateKey, UpdatePart>>, FoldUpdates.Folded> {

    private static final long serialVersionUID = 1L;

    /**
     * The mean of a tensor over the clients, or a client's report.
     *
     * @param name of the tensor, empty for a report
     */
    public record Folded(String name, Tensor mean, ClientReport report) implements Serializable {

        public boolean isReport() {
            return report != null;
        }
    }

    /** What a task folds at most, where there are tensors enough: a task sorts more than fits its memory on disk. */
    private static final long BYTES_PER_TASK = 256L << 20;

    /**
     * The fold of all clients' updates. The shuffle brings all clients' parts of a tensor together, in the order of the
     * clients, without any of them passing the driver.
     *
     * @param tasks that fold
     */
    public static JavaRDD<Folded> of(JavaPairRDD<UpdateKey, UpdatePart> updates, int tasks) {
        return updates.repartitionAndSortWithinPartitions(new UpdateKey.ByTensor(tasks))
                .mapPartitions(new FoldUpdates());
    }

    /**
     * How many tasks should fold: one per core, more if that were too much for each, but no more than there are tensors.
     *
     * @param bytes of all updates
     */
    public static int tasks(long bytes, int tensors, int cores) {
        return (int) Math.min(tensors, Math.max(cores, (bytes + BYTES_PER_TASK - 1) / BYTES_PER_TASK));
    }

    @Override
    public Iterator<Folded> call(Iterator<Tuple2<UpdateKey, UpdatePart>> sorted) {
        List<Folded> folded = new ArrayList<>();
        String name = "";
        WeightedMean mean = new WeightedMean();
        while (sorted.hasNext()) {
            Tuple2<UpdateKey, UpdatePart> next = sorted.next();
            if (next._1().isReport()) {
                folded.add(new Folded("", null, next._2().report()));
                continue;
            }
            if (!next._1().tensor().equals(name)) {
                finish(name, mean, folded);
                name = next._1().tensor();
                mean = new WeightedMean();
            }
            mean.add(next._2().tensor(), next._2().weight());
        }
        finish(name, mean, folded);
        return folded.iterator();
    }

    private static void finish(String name, WeightedMean mean, List<Folded> folded) {
        if (!name.isEmpty()) {
            folded.add(new Folded(name, mean.result(), null));
        }
    }
}
