package federa.udf;

import federa.federated.Aggregator;
import federa.tensor.Tensor;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import scala.Tuple2;

/**
 * How updates are cut for the shuffle. Tensors of a block stay together; one that is its own block is cut into slices of
 * whole rows (a row: all elements of one index of the first axis), so that what moves between tasks is of some MB however
 * large a tensor is. A tensor of up to {@link #elements} is one slice, itself.
 *
 * @param aggregator says which tensors are a block
 * @param elements of a slice at most, unless a single row has more
 */
public record Slices(Aggregator aggregator, int elements) implements Serializable {

    /** Of a slice at most: 4 MB. */
    static final int ELEMENTS = 1 << 20;

    /** Of all clients' slices that a task holds at once, where the aggregator retains them: 64 MB. */
    private static final int RETAINED_ELEMENTS = 1 << 24;

    /**
     * The slices for a cohort.
     *
     * @param clients in the cohort
     */
    public static Slices of(Aggregator aggregator, int clients) {
        return new Slices(
                aggregator,
                aggregator.retainsUpdates() ? Math.max(1, Math.min(ELEMENTS, RETAINED_ELEMENTS / Math.max(1, clients))) : ELEMENTS);
    }

    /** A client's tensors in parts, each with where it goes: the whole of each block that is among them. */
    Stream<Tuple2<BlockKey, UpdatePart>> parts(Map<String, Tensor> update, int client, double weight) {
        SortedMap<String, SortedMap<String, Tensor>> blocks = new TreeMap<>();
        update.forEach((name, tensor) -> blocks.computeIfAbsent(aggregator.block(name), block -> new TreeMap<>())
                .put(name, tensor));
        return blocks.entrySet().stream()
                .flatMap(block -> parts(block.getKey(), block.getValue(), client, weight));
    }

    private Stream<Tuple2<BlockKey, UpdatePart>> parts(
            String block, SortedMap<String, Tensor> tensors, int client, double weight) {
        if (!tensors.containsKey(block)) {
            return Stream.of(new Tuple2<>(new BlockKey(block, 0, client), new UpdatePart.Slice(tensors, weight)));
        }
        List<Tensor> slices = cut(tensors.get(block));
        return IntStream.range(0, slices.size())
                .mapToObj(slice -> new Tuple2<>(
                        new BlockKey(block, slice, client),
                        new UpdatePart.Slice(new TreeMap<>(Map.of(block, slices.get(slice))), weight)));
    }

    /** True if the tensor is a block by itself. */
    private boolean isBlock(String tensor) {
        return aggregator.block(tensor).equals(tensor);
    }

    /** How many slices an update with tensors of these shapes has. */
    long count(SortedMap<String, long[]> shapes) {
        long cut = shapes.entrySet().stream()
                .filter(tensor -> isBlock(tensor.getKey()))
                .mapToLong(tensor -> count(tensor.getValue()))
                .sum();
        long whole = shapes.keySet().stream()
                .filter(tensor -> !isBlock(tensor))
                .map(aggregator::block)
                .distinct()
                .count();
        return cut + whole;
    }

    /** How many slices a tensor of this shape has. */
    int count(long... shape) {
        long rows = Tensor.size(shape) <= elements ? 1 : shape[0];
        return Math.toIntExact((rows + perSlice(shape) - 1) / perSlice(shape));
    }

    private long perSlice(long... shape) {
        long size = Tensor.size(shape);
        return size <= elements ? 1 : Math.max(1, elements / (size / shape[0]));
    }

    /** The slices of a tensor, in order. */
    List<Tensor> cut(Tensor tensor) {
        long[] shape = tensor.shape();
        int count = count(shape);
        if (count == 1) {
            return List.of(tensor);
        }
        int row = Math.toIntExact(Tensor.size(shape) / shape[0]);
        List<Tensor> slices = new ArrayList<>(count);
        for (int slice = 0; slice < count; slice++) {
            long first = slice * perSlice(shape);
            long rows = Math.min(perSlice(shape), shape[0] - first);
            long[] part = shape.clone();
            part[0] = rows;
            int from = Math.toIntExact(first * row);
            slices.add(new Tensor(part, Arrays.copyOfRange(tensor.values(), from, from + Math.toIntExact(rows * row))));
        }
        return slices;
    }

    /** The tensor of these slices, in order. */
    static Tensor joined(List<Tensor> slices) {
        if (slices.size() == 1) {
            return slices.get(0);
        }
        long[] shape = slices.get(0).shape().clone();
        shape[0] = slices.stream().mapToLong(slice -> slice.shape()[0]).sum();
        float[] values = new float[Math.toIntExact(Tensor.size(shape))];
        int at = 0;
        for (Tensor slice : slices) {
            System.arraycopy(slice.values(), 0, values, at, slice.values().length);
            at += slice.values().length;
        }
        return new Tensor(shape, values);
    }
}
