package federa.federated;

import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.io.Serializable;
import java.util.SortedMap;

/**
 * How the updates of a round's clients become one. Updates are never all in one place: the tensors of a block meet in
 * one task, client by client in ascending order of the clients' ids, and blocks know nothing of each other.
 *
 * <p>Laws that every aggregator keeps, checked by {@code AggregatorLaws}: the bits depend neither on where a sequence of
 * updates was cut and the accumulator written and read in between, nor, for a tensor that is its own block, on how it was
 * cut into rows.
 */
public interface Aggregator extends Serializable {

    /**
     * How much a client's update counts, not normalised.
     *
     * @param numExamples that the client trained on
     */
    double weight(long numExamples);

    /**
     * How much the update of a client counts that took this many steps of its optimizer; mostly they do not matter.
     *
     * @param steps at least 1
     */
    default double weight(long numExamples, int steps) {
        return weight(numExamples);
    }

    /** True if the aggregate of each tensor is the weighted mean of what clients sent, as some strategies need it. */
    default boolean averages() {
        return false;
    }

    /**
     * The block that a tensor belongs to. A tensor that is a block by itself, under its own name, may be cut into slices of
     * whole rows that are aggregated apart; all tensors of any other block meet in one place, whole.
     *
     * <p>The default is each tensor by itself. For what is to be done with a layer's A and B together, name the layer.
     *
     * @param tensor its name
     * @return not empty
     */
    default String block(String tensor) {
        return tensor;
    }

    /**
     * True if the accumulator keeps every client's tensors, as order statistics must, instead of a sum; then tensors are cut
     * into smaller slices, the more clients there are, so that a task's memory stays as it is.
     */
    default boolean retainsUpdates() {
        return false;
    }

    /** The fewest updates that it is made for: {@code federation.min-clients} must be at least that. */
    default int minClients() {
        return 1;
    }

    /**
     * The aggregator of a round, if it measures how far clients went; the default needs not know.
     *
     * @param sent what the clients of the round were sent and send back changed, by name
     */
    default Aggregator from(TensorMap sent) {
        return this;
    }

    /** Begins the aggregation of a block, or of a slice of one. */
    Accumulator begin();

    /** A block of the updates seen so far. It may be written and read between two clients. Used by one thread at a time. */
    interface Accumulator extends Serializable {

        /**
         * Adds a client's tensors; clients come in ascending order of their ids.
         *
         * @param weight of the client, above 0
         * @param tensors the block's, by name
         * @throws InvalidInputException if the weight is not above 0 or the tensors do not fit those before
         */
        void add(int client, double weight, SortedMap<String, Tensor> tensors);

        /** The aggregate of what was added, at least one client: the one place that rounds to float32. */
        SortedMap<String, Tensor> result();
    }
}
