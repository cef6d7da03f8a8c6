package federa.federated;

import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An aggregator that sorts what the clients have for an element, each element by itself. All clients count the same,
 * whatever their numbers of examples, as published: a client that lies about its update may lie about these as well.
 *
 * <p>A task holds a slice of every client's update at once; the more clients there are, the smaller are the slices.
 *
 * @see <a href="https://arxiv.org/abs/1803.01498">Byzantine-robust distributed learning: towards optimal statistical
 *     rates</a>
 */
interface OrderStatistic extends Aggregator {

    /** The aggregate of an element, given what the clients have for it in ascending order, at least one value. */
    double of(float[] sorted);

    @Override
    default double weight(long numExamples) {
        return 1;
    }

    @Override
    default boolean retainsUpdates() {
        return true;
    }

    @Override
    default Accumulator begin() {
        return new ByElement(this);
    }

    /** Sorts element by element. */
    final class ByElement extends Retained {

        private static final long serialVersionUID = 1L;

        private final OrderStatistic statistic;

        private ByElement(OrderStatistic statistic) {
            this.statistic = statistic;
        }

        @Override
        SortedMap<String, Tensor> of(List<TensorMap> updates) {
            SortedMap<String, Tensor> result = new TreeMap<>();
            updates.get(0).shapes().forEach((name, shape) -> {
                List<float[]> clients = updates.stream()
                        .map(update -> update.get(name).values())
                        .toList();
                float[] aggregate = new float[clients.get(0).length];
                float[] sorted = new float[clients.size()];
                for (int i = 0; i < aggregate.length; i++) {
                    for (int client = 0; client < sorted.length; client++) {
                        sorted[client] = clients.get(client)[i];
                    }
                    Arrays.sort(sorted);
                    aggregate[i] = (float) statistic.of(sorted);
                }
                result.put(name, new Tensor(shape, aggregate));
            });
            return result;
        }
    }
}
