package federa.udf;

import federa.federated.WeightedMean;
import federa.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * Averages updates where they meet: takes the parts sorted by tensor, piece and client, and keeps one piece's running mean
 * at a time. What comes out, a running mean of each piece and each report as it is, can meet the parts of further clients.
 */
public final class FoldUpdates
        implements PairFlatMapFunction<Iterator<Tuple2<UpdateKey, UpdatePart>>, UpdateKey, UpdatePart> {

    private static final long serialVersionUID = 1L;

    /** What a task folds at most, where there are pieces enough: a task sorts more than fits its memory on disk. */
    private static final long BYTES_PER_TASK = 256L << 20;

    /**
     * The fold of all parts. The shuffle brings all clients' parts of a piece together, in the order of the clients, without
     * any of them passing the driver. Clients must come after those that are in a running mean already, or the order is
     * another.
     *
     * @param tasks that fold
     */
    public static JavaPairRDD<UpdateKey, UpdatePart> of(JavaPairRDD<UpdateKey, UpdatePart> parts, int tasks) {
        return parts.repartitionAndSortWithinPartitions(new UpdateKey.ByPiece(tasks))
                .mapPartitionsToPair(new FoldUpdates());
    }

    /**
     * How many tasks should fold: one per core, more if that were too much for each, but no more than there are pieces.
     *
     * @param shapes of an update's tensors
     */
    public static int tasks(int clients, Collection<long[]> shapes, int cores) {
        long bytes = bytes(shapes) * clients;
        long pieces = shapes.stream().mapToLong(Rows::pieces).sum();
        return (int) Math.min(pieces, Math.max(cores, (bytes + BYTES_PER_TASK - 1) / BYTES_PER_TASK));
    }

    /** The bytes of an update with tensors of these shapes. */
    public static long bytes(Collection<long[]> shapes) {
        return shapes.stream().mapToLong(Tensor::size).sum() * Float.BYTES;
    }

    /**
     * What the clients' updates come to.
     *
     * @param means of their tensors, by name; none if all clients failed
     * @param reports in the order of the clients
     */
    public record Folded(SortedMap<String, Tensor> means, List<ClientReport> reports) {}

    /** Brings the result of a fold to the driver, its means rounded to float32 before. */
    public static Folded collect(JavaPairRDD<UpdateKey, UpdatePart> folded) {
        return joined(folded.mapValues(FoldUpdates::rounded).collect());
    }

    static UpdatePart rounded(UpdatePart part) {
        return part instanceof UpdatePart.Running running
                ? new UpdatePart.Piece(running.mean().result(), running.mean().weights())
                : part;
    }

    static Folded joined(List<Tuple2<UpdateKey, UpdatePart>> rounded) {
        SortedMap<String, List<Tensor>> pieces = new TreeMap<>();
        List<ClientReport> reports = new ArrayList<>();
        rounded.stream().sorted(Comparator.comparing(Tuple2::_1)).forEach(part -> {
            if (part._2() instanceof UpdatePart.Piece mean) {
                pieces.computeIfAbsent(part._1().tensor(), name -> new ArrayList<>())
                        .add(mean.tensor());
            } else if (part._2() instanceof UpdatePart.Report report) {
                reports.add(report.report());
            }
        });
        SortedMap<String, Tensor> means = new TreeMap<>();
        pieces.forEach((name, ofName) -> means.put(name, Rows.joined(ofName)));
        return new Folded(means, reports);
    }

    @Override
    public Iterator<Tuple2<UpdateKey, UpdatePart>> call(Iterator<Tuple2<UpdateKey, UpdatePart>> sorted) {
        List<Tuple2<UpdateKey, UpdatePart>> folded = new ArrayList<>();
        UpdateKey current = null;
        WeightedMean mean = null;
        while (sorted.hasNext()) {
            Tuple2<UpdateKey, UpdatePart> next = sorted.next();
            UpdateKey key = next._1();
            if (next._2() instanceof UpdatePart.Report) {
                folded.add(next);
            } else if (next._2() instanceof UpdatePart.Running running) { // sorted before all clients' parts
                current = key;
                mean = running.mean();
                folded.add(next);
            } else if (next._2() instanceof UpdatePart.Piece piece) {
                if (current == null || !key.sharesMean(current)) {
                    current = key.ofMean();
                    mean = new WeightedMean();
                    folded.add(new Tuple2<>(current, new UpdatePart.Running(mean)));
                }
                mean.add(piece.tensor(), piece.weight());
            }
        }
        return folded.iterator();
    }
}
