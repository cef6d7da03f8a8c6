package federa.federated;

import federa.spi.InvalidInputException;
import federa.tensor.Tensor;
import federa.tensor.TensorMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Aggregates the tensors of the model as another aggregator does, and keeps what clients send besides apart for each client:
 * the tensor NAME of client 17 becomes {@code client-17/NAME} of the aggregate.
 *
 * @param prefix of the names of tensors that are kept apart
 * @param model aggregates the others
 */
record ByClient(String prefix, Aggregator model) implements Aggregator {

    /** What the names of kept tensors begin with. */
    static final String CLIENT = "client-";

    /** The name under which a client's tensor is kept. */
    static String kept(int client, String sent) {
        return CLIENT + client + "/" + sent;
    }

    /** The name under which the client sent it. */
    static String sent(String kept) {
        return kept.substring(kept.indexOf('/') + 1);
    }

    @Override
    public double weight(long numExamples) {
        return model.weight(numExamples);
    }

    @Override
    public double weight(long numExamples, int steps) {
        return model.weight(numExamples, steps);
    }

    @Override
    public String block(String tensor) {
        return tensor.startsWith(prefix) ? tensor : model.block(tensor);
    }

    @Override
    public boolean retainsUpdates() {
        return true;
    }

    @Override
    public int minClients() {
        return model.minClients();
    }

    @Override
    public Aggregator from(TensorMap sent) {
        return new ByClient(prefix, model.from(sent.where(name -> !name.startsWith(prefix))));
    }

    @Override
    public Accumulator begin() {
        return new Apart(prefix, model.begin());
    }

    /** Has tensors of one block: either of the model or kept apart. */
    private static final class Apart implements Accumulator {

        private static final long serialVersionUID = 1L;

        private final String prefix;
        private final Accumulator model;
        private final TreeMap<String, Tensor> kept = new TreeMap<>();

        Apart(String prefix, Accumulator model) {
            this.prefix = prefix;
            this.model = model;
        }

        @Override
        public void add(int client, double weight, SortedMap<String, Tensor> tensors) {
            if (!tensors.firstKey().startsWith(prefix)) {
                model.add(client, weight, tensors);
                return;
            }
            if (!(weight > 0)) {
                throw new InvalidInputException("the weight of an update must be above 0, got " + weight);
            }
            tensors.forEach((name, tensor) -> kept.put(kept(client, name), tensor));
        }

        @Override
        public SortedMap<String, Tensor> result() {
            return kept.isEmpty() ? model.result() : kept;
        }
    }
}
