package federa.federated;

import federa.tensor.TensorMap;
import java.util.List;

/**
 * What the updates of a round's clients come to.
 *
 * @param tensors what the aggregator made of the clients' tensors; none if all clients failed
 * @param updates what each sampled client told, in the order of their ids
 */
public record Aggregate(TensorMap tensors, List<ClientUpdate> updates) {

    /** The clients whose tensors are in the aggregate. */
    public List<ClientUpdate> trained() {
        return updates.stream().filter(ClientUpdate::ok).toList();
    }
}
