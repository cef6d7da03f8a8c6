package federa.udf;

import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * Averages updates where they meet: takes the parts sorted by tensor, piece and client, keeps one piece's running mean
 * at a time, and emits each mean once and each report as it is.
 */
public final class FoldUpdates implements FlatMapFunction<Iterator<Tuple2<UpdateKey, UpdatePart>>, FoldUpdates.Folded> {

    private static final long serialVersionUID = 1L;

    /**
     * The mean of a piece of a tensor over the clients, or a client's report.
     *
     * @param name of the tensor, empty for a report
     * @param piece of the tensor
     */
    public record Folded(String name, int piece, Tensor mean, ClientReport report) implements Serializable {

        public boolean isReport() {
            return report != null;
        }
    }

    /** What a task folds at most, where there are pieces enough: a task sorts more than fits its memory on disk. */
    private static final long BYTES_PER_TASK = 256L << 20;

    /**
     * The fold of all clients' updates. The shuffle brings all clients' parts of a piece together, in the order of the
     * clients, without any of them passing the driver.
     *
     * @param tasks that fold
     */
    public static JavaRDD<Folded> of(JavaPairRDD<UpdateKey, UpdatePart> updates, int tasks) {
        return updates.repartitionAndSortWithinPartitions(new UpdateKey.ByPiece(tasks))
                .mapPartitions(new FoldUpdates());
    }

    /**
     * How many tasks should fold: one per core, more if that were too much for each, but no more than there are pieces.
     *
     * @param shapes of an update's tensors
     */
    public static int tasks(int clients, Collection<long[]> shapes, int cores) {
        long bytes = shapes.stream().mapToLong(Tensor::size).sum() * Float.BYTES * clients;
        long pieces = shapes.stream().mapToLong(Rows::pieces).sum();
        return (int) Math.min(pieces, Math.max(cores, (bytes + BYTES_PER_TASK - 1) / BYTES_PER_TASK));
    }

    /** The tensors whose means these are. */
    public static Map<String, Tensor> joined(List<Folded> means) {
        Map<String, SortedMap<Integer, Tensor>> pieces = new TreeMap<>();
        means.forEach(mean ->
                pieces.computeIfAbsent(mean.name(), name -> new TreeMap<>()).put(mean.piece(), mean.mean()));
        Map<String, Tensor> tensors = new TreeMap<>();
        pieces.forEach((name, ofName) -> tensors.put(name, Rows.joined(List.copyOf(ofName.values()))));
        return tensors;
    }

    @Override
    public Iterator<Folded> call(Iterator<Tuple2<UpdateKey, UpdatePart>> sorted) {
        List<Folded> folded = new ArrayList<>();
        UpdateKey current = null;
        WeightedMean mean = null;
        while (sorted.hasNext()) {
            Tuple2<UpdateKey, UpdatePart> next = sorted.next();
            if (next._1().isReport()) {
                folded.add(new Folded("", 0, null, next._2().report()));
                continue;
            }
            if (current == null || !next._1().sharesMean(current)) {
                finish(current, mean, folded);
                current = next._1();
                mean = new WeightedMean();
            }
            mean.add(next._2().tensor(), next._2().weight());
        }
        finish(current, mean, folded);
        return folded.iterator();
    }

    private static void finish(UpdateKey key, WeightedMean mean, List<Folded> folded) {
        if (key != null) {
            folded.add(new Folded(key.tensor(), key.piece(), mean.result(), null));
        }
    }
}
