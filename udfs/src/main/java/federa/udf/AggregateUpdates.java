package federa.udf;

import federa.federated.Aggregate;
import federa.federated.Aggregator;
import federa.federated.Aggregator.Accumulator;
import federa.federated.ClientUpdate;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * Aggregates updates where they meet: takes the parts sorted by block, slice and client, and works on one slice at a time.
 * What comes out, a partial aggregate of each slice and each report as it is, can meet the parts of further clients.
 */
public final class AggregateUpdates
        implements PairFlatMapFunction<Iterator<Tuple2<BlockKey, UpdatePart>>, BlockKey, UpdatePart> {

    private static final long serialVersionUID = 1L;

    /** What a task aggregates at most, where there are slices enough: a task sorts more than fits its memory on disk. */
    private static final long BYTES_PER_TASK = 256L << 20;

    private final Aggregator aggregator;

    AggregateUpdates(Aggregator aggregator) {
        this.aggregator = aggregator;
    }

    /**
     * The aggregate of all parts. The shuffle brings all clients' parts of a slice together, in the order of the clients,
     * without any of them passing the driver. Clients must come after those that are in a partial aggregate already, or the
     * order is another.
     *
     * @param tasks that aggregate
     */
    public static JavaPairRDD<BlockKey, UpdatePart> of(
            JavaPairRDD<BlockKey, UpdatePart> parts, Aggregator aggregator, int tasks) {
        return parts.repartitionAndSortWithinPartitions(new BlockKey.BySlice(tasks))
                .mapPartitionsToPair(new AggregateUpdates(aggregator));
    }

    /**
     * How many tasks should aggregate: one per core, more if that were too much for each, but no more than there are slices.
     *
     * @param shapes of an update's tensors
     */
    public static int tasks(int clients, SortedMap<String, long[]> shapes, Slices slices, int cores) {
        long bytes = bytes(shapes.values()) * clients;
        return (int)
                Math.min(slices.count(shapes), Math.max(cores, (bytes + BYTES_PER_TASK - 1) / BYTES_PER_TASK));
    }

    /** The bytes of an update with tensors of these shapes. */
    public static long bytes(Collection<long[]> shapes) {
        return shapes.stream().mapToLong(Tensor::size).sum() * Float.BYTES;
    }

    /** Brings the aggregate to the driver, rounded to float32 before. */
    public static Aggregate collect(JavaPairRDD<BlockKey, UpdatePart> aggregated) {
        return joined(aggregated.mapValues(AggregateUpdates::rounded).collect());
    }

    static UpdatePart rounded(UpdatePart part) {
        return part instanceof UpdatePart.Partial partial
                ? new UpdatePart.Slice(partial.accumulator().result(), 0)
                : part;
    }

    static Aggregate joined(List<Tuple2<BlockKey, UpdatePart>> rounded) {
        SortedMap<String, List<Tensor>> slices = new TreeMap<>();
        List<ClientUpdate> updates = new ArrayList<>();
        rounded.stream().sorted(Comparator.comparing(Tuple2::_1)).forEach(part -> {
            if (part._2() instanceof UpdatePart.Slice slice) {
                slice.tensors().forEach((name, tensor) -> slices.computeIfAbsent(name, n -> new ArrayList<>())
                        .add(tensor));
            } else if (part._2() instanceof UpdatePart.Report report) {
                updates.add(report.update());
            }
        });
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        slices.forEach((name, ofName) -> tensors.put(name, Slices.joined(ofName)));
        return new Aggregate(new TensorMap(tensors), updates);
    }

    @Override
    public Iterator<Tuple2<BlockKey, UpdatePart>> call(Iterator<Tuple2<BlockKey, UpdatePart>> sorted) {
        return new Aggregated(sorted);
    }

    /** One slice after the other, so that a task holds one accumulator at a time. */
    private final class Aggregated implements Iterator<Tuple2<BlockKey, UpdatePart>> {

        private final Iterator<Tuple2<BlockKey, UpdatePart>> sorted;
        private Tuple2<BlockKey, UpdatePart> next;

        Aggregated(Iterator<Tuple2<BlockKey, UpdatePart>> sorted) {
            this.sorted = sorted;
            advance();
        }

        private void advance() {
            next = sorted.hasNext() ? sorted.next() : null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Tuple2<BlockKey, UpdatePart> next() {
            if (next == null) {
                throw new NoSuchElementException();
            }
            if (next._2() instanceof UpdatePart.Report) {
                Tuple2<BlockKey, UpdatePart> report = next;
                advance();
                return report;
            }
            BlockKey key = next._1().ofPartial();
            Accumulator accumulator = aggregator.begin();
            if (next._2() instanceof UpdatePart.Partial partial) { // sorted before all clients' parts
                accumulator = partial.accumulator();
                advance();
            }
            while (next != null && next._1().meets(key) && next._2() instanceof UpdatePart.Slice slice) {
                accumulator.add(next._1().client(), slice.weight(), slice.tensors());
                advance();
            }
            return new Tuple2<>(key, new UpdatePart.Partial(accumulator));
        }
    }
}
