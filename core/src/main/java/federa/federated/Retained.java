package federa.federated;

import federa.federated.Aggregator.Accumulator;
import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Keeps the tensors of every client, for aggregates that are no sums. Weights are checked and then ignored. */
abstract class Retained implements Accumulator {

    private static final long serialVersionUID = 1L;

    private final List<TensorMap> updates = new ArrayList<>();

    @Override
    public final void add(int client, double weight, SortedMap<String, Tensor> tensors) {
        if (!(weight > 0)) {
            throw new InvalidInputException("the weight of an update must be above 0, got " + weight);
        }
        TensorMap update = new TensorMap(tensors);
        if (!updates.isEmpty()) {
            try {
                updates.get(0).requireSameShapes(update, "the update of client " + client);
            } catch (IllegalArgumentException e) {
                throw new InvalidInputException(e.getMessage(), e);
            }
        }
        updates.add(update);
    }

    @Override
    public final SortedMap<String, Tensor> result() {
        if (updates.isEmpty()) {
            throw new IllegalStateException("nothing was added");
        }
        return of(updates);
    }

    /** The aggregate of at least one client's tensors, in the order of the clients' ids. */
    abstract SortedMap<String, Tensor> of(List<TensorMap> updates);
}
